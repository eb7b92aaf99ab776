//! All accounts, page after page: the library has no order of all events, and hands out none without its entity.

use es_entity::{ListDirection, Page, PaginatedQueryArgs};
use peers_protocol::{Figure, Meter, Request, balance_at};

use crate::books::Books;

/// As large as pages were fastest.
const PAGE: usize = 1000;

pub(crate) async fn replay(
    books: &Books,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let meter = Meter::start();
    let (mut count, mut wrong) = (0, 0);
    let mut query = PaginatedQueryArgs {
        first: PAGE,
        after: None,
    };
    loop {
        let page = books
            .accounts
            .list_by_id(query, ListDirection::Ascending)
            .await?;
        let (entities, next) = match page.into_page() {
            Page::Last { entities } => (entities, None),
            Page::HasNext { entities, next } => (entities, Some(next)),
        };
        count += entities.len();
        let expected = balance_at(length);
        wrong += entities.iter().filter(|it| it.balance != expected).count();
        match next {
            Some(next) => query = next.into(),
            None => break,
        }
    }
    let measured = meter.stop();
    assert_eq!((count, wrong), (accounts, 0));
    Figure::rate("W4", accounts * length, "events/s", &measured)
        .remark("account by account, not in the order of events")
        .print();
    Ok(())
}
