//! All events in order, page after page, folded in memory.

use std::sync::Arc;

use evento::cursor::Args;
use evento::{EventFilter, Executor, TenantFilter};
use peers_protocol::{Balances, Figure, Meter, Request};

use crate::books::Books;
use crate::domain::{Bank, BankEvent};

const PAGE: u16 = 1000;

/// Its statement for a page reads more the further it is, so that a million events would take many minutes.
pub(crate) async fn replay(books: &Books, request: &Request) -> anyhow::Result<()> {
    let filter: Arc<[EventFilter]> = vec![EventFilter::by_type::<Bank>()].into();
    let meter = Meter::start();
    let (mut balances, mut cursor) = (Balances::default(), None);
    let is_whole = loop {
        let page = Args::forward(PAGE, cursor.clone());
        let of = Some(Arc::clone(&filter));
        let read = books
            .store
            .read(of, None, TenantFilter::All, page, None)
            .await?;
        for edge in &read.edges {
            let change = match BankEvent::try_from(&edge.node)? {
                BankEvent::Opened(event) => event.balance,
                BankEvent::Deposited(event) => event.amount,
                BankEvent::Withdrawn(event) => -event.amount,
            };
            balances.add(&edge.node.aggregate_id, change);
        }
        if !read.page_info.has_next_page {
            break true;
        }
        if meter.elapsed() >= request.limit() {
            break false;
        }
        cursor = read.edges.last().map(|edge| edge.cursor.clone());
    };
    let measured = meter.stop();
    let events = balances.events();
    let figure = Figure::rate("W4", events, "events/s", &measured);
    if is_whole {
        balances.check(request.count("accounts"), request.count("length"));
        figure.print();
    } else {
        figure
            .remark(format!("stopped after {events} events"))
            .print();
    }
    Ok(())
}
