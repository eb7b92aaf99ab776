//! The feed: all events in one order, from any place on.

use annals::{Append, Expected, FeedPage, Metadata, NewEvent, Position, Store, StreamId};
use annals_tests::domain::{Deposited, Opened, account, deposited};
use annals_tests::{Database, contract};

contract![
    an_empty_store_has_an_empty_feed,
    events_of_all_streams_are_in_the_order_of_their_positions,
    an_event_is_the_same_as_in_its_stream,
    what_was_committed_before_the_call_is_read,
    reading_goes_on_from_one_number,
    pages_of_any_size_give_the_same,
    a_page_of_large_events_ends_sooner,
    large_pages_tell_aggregates_apart,
    a_tenant_has_a_feed_of_its_own,
    what_was_rolled_back_is_not_in_it_and_holds_up_nothing,
    a_store_for_reading_has_a_feed,
];

pub(crate) fn p(position: u64) -> Position {
    Position::new(position)
}

pub(crate) fn append(stream: &StreamId, cents: i64) -> Append {
    Append::to(stream, Expected::Any, [deposited(cents)])
}

/// Thirty events in three streams, in turns, the amounts from 1 on.
pub(crate) async fn filled(database: &Database) -> Store {
    let store = database.store().await;
    for cents in 1..=30 {
        let stream = account(&(cents % 3).to_string());
        store.append(append(&stream, cents)).await.expect("stored");
    }
    store
}

fn cents(page: &FeedPage) -> Vec<i64> {
    let cents = |event: &annals::RecordedEvent| event.json::<Deposited>().expect("fits").cents;
    page.events().iter().map(cents).collect()
}

pub(crate) fn positions(page: &FeedPage) -> Vec<u64> {
    let events = page.events().iter();
    events
        .map(|event| event.recorded().position().get())
        .collect()
}

pub(crate) async fn all(store: &Store) -> FeedPage {
    let page = store.feed().page(10_000).read().await.expect("readable");
    assert!(page.is_end());
    page
}

async fn an_empty_store_has_an_empty_feed(database: &Database) {
    let store = database.store().await;
    let page = store.feed().read().await.expect("readable");
    assert!(page.events().is_empty() && page.is_end());
    assert_eq!((page.checkpoint(), page.frontier()), (p(0), p(0)));
    assert_eq!(store.frontier().await.expect("known"), p(0));
}

async fn events_of_all_streams_are_in_the_order_of_their_positions(database: &Database) {
    let store = filled(database).await;
    let page = all(&store).await;
    assert_eq!(cents(&page), (1..=30).collect::<Vec<_>>());
    assert!(positions(&page).is_sorted_by(|one, next| one < next));
    let last = page.events().last().expect("thirty").recorded().position();
    assert_eq!((page.checkpoint(), page.frontier()), (last, last));
    assert_eq!(store.frontier().await.expect("known"), last);
}

async fn an_event_is_the_same_as_in_its_stream(database: &Database) {
    let store = filled(database).await;
    let metadata = Metadata::new()
        .with_actor("alice")
        .with_correlation("request-17");
    let event = deposited(31).metadata(metadata);
    let append = Append::to(&account("1"), Expected::Any, [event]);
    store.append(append).await.expect("stored");
    let mut events = all(&store).await.into_events();
    events.retain(|event| *event.recorded().stream() == account("1"));
    let stream = store.stream(&account("1")).all().await.expect("readable");
    assert_eq!(events, stream);
    assert_eq!(events[0].recorded().stream().category(), "account");
    assert_eq!(events.len(), 11);
}

async fn what_was_committed_before_the_call_is_read(database: &Database) {
    let (store, other) = (database.store().await, database.store().await);
    for n in 1..=20 {
        let by = if n % 2 == 0 { &store } else { &other };
        by.append(append(&account("1"), n)).await.expect("stored");
        assert_eq!(all(&store).await.events().len() as i64, n);
        assert_eq!(all(&other).await.events().len() as i64, n);
    }
}

async fn reading_goes_on_from_one_number(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    for place in 0..=30 {
        let after = match place {
            0 => p(0),
            _ => whole.events()[place - 1].recorded().position(),
        };
        // As a program that was started anew.
        let number: u64 = serde_json::from_str(&serde_json::json!(after).to_string()).expect("one");
        let page = database.store().await.feed().after(p(number)).read().await;
        assert_eq!(page.expect("readable").events(), &whole.events()[place..]);
    }
}

async fn pages_of_any_size_give_the_same(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    for size in [0, 1, 2, 7, 10, 29, 30, 31, u32::MAX] {
        let (mut feed, mut events) = (store.feed().page(size), Vec::new());
        loop {
            let page = feed.read().await.expect("readable");
            assert!(page.events().len() <= size.max(1) as usize);
            feed = feed.after(page.checkpoint());
            let is_end = page.is_end();
            events.extend(page.into_events());
            if is_end {
                break;
            }
        }
        assert_eq!(events, whole.events(), "by {size}");
    }
}

async fn a_page_of_large_events_ends_sooner(database: &Database) {
    let store = database.store().await;
    let large = Opened {
        owner: "x".repeat(1 << 20 >> 1),
    };
    for n in 0..40 {
        let append = Append::to(
            &account(&n.to_string()),
            Expected::NoStream,
            [NewEvent::of(&large)],
        );
        store.append(append).await.expect("stored");
    }
    let (mut feed, mut sizes) = (store.feed(), Vec::new());
    loop {
        let page = feed.read().await.expect("readable");
        sizes.push(page.events().len());
        feed = feed.after(page.checkpoint());
        if page.is_end() {
            break;
        }
    }
    assert_eq!(sizes.iter().sum::<usize>(), 40);
    assert!(
        sizes
            .iter()
            .all(|size| (4..20).contains(size) || *size < 4 && sizes.len() > 2),
        "{sizes:?}"
    );
    assert!(sizes.iter().max() <= Some(&17), "{sizes:?}");
}

/// `a-b-1` may be `1` of `a-b` and `b-1` of `a`.
async fn large_pages_tell_aggregates_apart(database: &Database) {
    let store = database.store().await;
    let ids = [("a", "1"), ("a", "b-2"), ("a-b", "1"), ("account", "7-8")];
    for (category, id) in ids {
        let stream = StreamId::new(category, id);
        store.append(append(&stream, 1)).await.expect("stored");
        let page = store.feed().page(10_000).read().await.expect("readable");
        let last = page.events().last().expect("just stored");
        let found = last.recorded().stream();
        assert_eq!((found.category(), found.id()), (category, id));
    }
    let page = store.feed().page(10_000).read().await.expect("readable");
    let events = page.events().iter();
    let found: Vec<_> = events
        .map(|event| event.recorded().stream())
        .map(|stream| (stream.category(), stream.id()))
        .collect();
    assert_eq!(found, ids);
}

async fn a_tenant_has_a_feed_of_its_own(database: &Database) {
    let store = database.store().await;
    let tenants = ["", "acme", "globex", "acme "].map(|name| store.tenant(name));
    for round in 0..3 {
        for (n, tenant) in tenants.iter().enumerate() {
            let append = append(&account("1"), 10 * round + n as i64);
            tenant.append(append).await.expect("stored");
        }
    }
    for (n, tenant) in tenants.iter().enumerate() {
        let page = all(tenant).await;
        assert_eq!(cents(&page), [0, 10, 20].map(|round| round + n as i64));
        assert_eq!(page.checkpoint(), store.frontier().await.expect("known"));
        let page = tenant.feed().page(2).read().await.expect("readable");
        let rest = tenant.feed().after(page.checkpoint()).read().await;
        assert_eq!(cents(&rest.expect("readable")), [20 + n as i64]);
    }
    let nobody = all(&store.tenant("nobody")).await;
    assert!(nobody.events().is_empty());
    assert_eq!(nobody.checkpoint(), store.frontier().await.expect("known"));
}

async fn what_was_rolled_back_is_not_in_it_and_holds_up_nothing(database: &Database) {
    let store = database.store().await;
    for n in 1..=5 {
        let mut tx = store.begin().await.expect("a transaction");
        store
            .append_in(&mut tx, append(&account("1"), -n))
            .await
            .expect("stored");
        tx.rollback().await.expect("rolled back");
        store
            .append(append(&account("1"), n))
            .await
            .expect("stored");
        let conflict = Append::to(&account("1"), Expected::NoStream, [deposited(-n)]);
        assert!(
            store
                .append(conflict)
                .await
                .expect_err("it exists")
                .is_conflict()
        );
        assert_eq!(cents(&all(&store).await), (1..=n).collect::<Vec<_>>());
    }
}

async fn a_store_for_reading_has_a_feed(database: &Database) {
    let whole = all(&filled(database).await).await;
    let store = database.open(Store::options().read_only()).await;
    assert_eq!(all(&store).await, whole);
}
