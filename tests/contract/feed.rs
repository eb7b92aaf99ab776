//! The feed: all events in one order, from any place on.

use annals::{
    Append, ErrorKind, Expected, FeedPage, Metadata, NewEvent, Position, Store, StreamId,
};
use annals_tests::domain::{Deposited, Opened, account, deposited, ledger};
use annals_tests::{Database, contract};

contract![
    an_empty_store_has_an_empty_feed,
    events_of_all_streams_are_in_the_order_of_their_positions,
    an_event_is_the_same_as_in_its_stream,
    what_was_committed_before_the_call_is_read,
    reading_goes_on_from_one_number,
    pages_of_any_size_give_the_same,
    a_page_of_large_events_ends_sooner,
    only_events_of_the_asked_types,
    an_event_by_its_type_brings_its_aliases,
    only_streams_of_the_asked_aggregates,
    aggregates_whose_names_begin_alike_are_apart,
    filters_are_added_up,
    a_filter_by_nothing_lets_nothing_through,
    the_checkpoint_goes_on_past_what_was_not_asked_for,
    a_tenant_has_a_feed_of_its_own,
    what_was_rolled_back_is_not_in_it_and_holds_up_nothing,
    a_checkpoint_beyond_the_last_event_is_refused,
    a_stream_without_its_row_is_damage,
    two_events_at_one_position_are_damage,
    names_that_nothing_can_have_are_refused,
    a_store_for_reading_has_a_feed,
    a_closed_store_says_so,
];

fn p(position: u64) -> Position {
    Position::new(position)
}

fn append(stream: &StreamId, cents: i64) -> Append {
    Append::to(stream, Expected::Any, [deposited(cents)])
}

/// Thirty events in three streams, in turns, the amounts from 1 on.
async fn filled(database: &Database) -> Store {
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

fn positions(page: &FeedPage) -> Vec<u64> {
    let events = page.events().iter();
    events
        .map(|event| event.recorded().position().get())
        .collect()
}

async fn all(store: &Store) -> FeedPage {
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

/// An opening and a deposit in each of an account and a ledger.
async fn mixed(database: &Database) -> Store {
    let store = database.store().await;
    for stream in [account("1"), ledger("1")] {
        let opened = NewEvent::of(&Opened {
            owner: "ann".to_owned(),
        });
        let append = Append::to(&stream, Expected::NoStream, [opened, deposited(1)]);
        store.append(append).await.expect("stored");
    }
    store
}

fn places(page: &FeedPage) -> Vec<(&str, &str)> {
    let place = |event: &annals::RecordedEvent| {
        // Names of the page, not of the event.
        let recorded = event.recorded();
        (
            recorded.stream().category() == "account",
            recorded.event_type() == "account.opened",
        )
    };
    page.events()
        .iter()
        .map(|event| match place(event) {
            (true, true) => ("account", "opened"),
            (true, false) => ("account", "deposited"),
            (false, true) => ("ledger", "opened"),
            (false, false) => ("ledger", "deposited"),
        })
        .collect()
}

async fn only_events_of_the_asked_types(database: &Database) {
    let store = mixed(database).await;
    let page = store
        .feed()
        .events(["account.opened"])
        .read()
        .await
        .expect("readable");
    assert_eq!(places(&page), [("account", "opened"), ("ledger", "opened")]);
    let both = ["account.opened", "money.deposited"];
    let page = store.feed().events(both).read().await.expect("readable");
    assert_eq!(page.events(), all(&store).await.events());
    for other in [
        "money",
        "Money.deposited",
        "money.deposited ",
        "%",
        "",
        "money.%",
    ] {
        let page = store.feed().events([other]).read().await.expect("readable");
        assert!(page.events().is_empty(), "{other:?}");
    }
}

mod renamed {
    use annals::prelude::*;

    /// It was called otherwise once.
    #[derive(Event, Serialize, Deserialize)]
    #[event("money.received", aliases("money.deposited"))]
    pub(super) struct Received {
        pub(super) cents: i64,
    }
}

async fn an_event_by_its_type_brings_its_aliases(database: &Database) {
    let store = mixed(database).await;
    let received = NewEvent::of(&renamed::Received { cents: 7 });
    let append = Append::to(&account("1"), Expected::Any, [received]);
    store.append(append).await.expect("stored");
    let page = store
        .feed()
        .event::<renamed::Received>()
        .read()
        .await
        .expect("readable");
    let cents = page.events().iter().map(|event| {
        let received = event.decode::<renamed::Received>().expect("fits");
        received.expect("of this type").cents
    });
    assert_eq!(cents.collect::<Vec<_>>(), [1, 1, 7]);
}

async fn only_streams_of_the_asked_aggregates(database: &Database) {
    let store = mixed(database).await;
    let page = store
        .feed()
        .categories(["ledger"])
        .read()
        .await
        .expect("readable");
    assert_eq!(
        places(&page),
        [("ledger", "opened"), ("ledger", "deposited")]
    );
    let both = store.feed().categories(["ledger", "account", "ledger"]);
    let page = both.read().await.expect("readable");
    assert_eq!(page.events(), all(&store).await.events());
}

async fn aggregates_whose_names_begin_alike_are_apart(database: &Database) {
    let store = database.store().await;
    let streams = [
        ("a", "b-1"),
        ("a-b", "2"),
        ("a-b-c", "3"),
        ("ab", "4"),
        ("a", "-5"),
        ("ä", "6"),
    ];
    for (category, id) in streams {
        let append = append(&StreamId::new(category, id), 1);
        store.append(append).await.expect("stored");
    }
    for (category, _) in streams {
        let page = store
            .feed()
            .categories([category])
            .read()
            .await
            .expect("readable");
        let ids = page.events().iter().map(|event| {
            assert_eq!(event.recorded().stream().category(), category);
            event.recorded().stream().id().to_owned()
        });
        let of_it = streams.iter().filter(|it| it.0 == category);
        assert_eq!(
            ids.collect::<Vec<_>>(),
            of_it.map(|it| it.1).collect::<Vec<_>>()
        );
    }
}

async fn filters_are_added_up(database: &Database) {
    let store = mixed(database).await;
    let feed = store
        .feed()
        .categories(["ledger"])
        .events(["account.opened"]);
    assert_eq!(
        places(&feed.read().await.expect("readable")),
        [("ledger", "opened")]
    );
    let feed = feed.event::<Deposited>();
    let page = feed.read().await.expect("readable");
    assert_eq!(
        places(&page),
        [("ledger", "opened"), ("ledger", "deposited")]
    );
    let feed = feed.categories(["account"]);
    assert_eq!(
        feed.read().await.expect("readable").events(),
        all(&store).await.events()
    );
}

async fn a_filter_by_nothing_lets_nothing_through(database: &Database) {
    let store = mixed(database).await;
    for feed in [
        store.feed().events([""; 0]),
        store.feed().categories([""; 0]),
    ] {
        let page = feed.read().await.expect("readable");
        assert!(page.events().is_empty() && page.is_end());
        assert_eq!(page.checkpoint(), store.frontier().await.expect("known"));
    }
}

async fn the_checkpoint_goes_on_past_what_was_not_asked_for(database: &Database) {
    let store = mixed(database).await;
    let whole = positions(&all(&store).await);
    let feed = store.feed().categories(["account"]);
    let page = feed.clone().page(1).read().await.expect("readable");
    assert_eq!(page.checkpoint(), p(whole[0]), "there is more of it");
    let page = feed
        .page(2)
        .after(page.checkpoint())
        .read()
        .await
        .expect("readable");
    assert_eq!(positions(&page), [whole[1]]);
    assert_eq!(page.checkpoint(), p(whole[3]));
    assert!(page.is_end());
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

async fn a_checkpoint_beyond_the_last_event_is_refused(database: &Database) {
    let store = filled(database).await;
    let last = all(&store).await.checkpoint();
    let page = store
        .feed()
        .after(last)
        .read()
        .await
        .expect("it is the last");
    assert!(page.events().is_empty() && page.is_end());
    for beyond in [last.get() + 1, u64::MAX] {
        let feed = store.feed().after(p(beyond));
        let errors = [
            feed.read().await.expect_err("refused"),
            feed.follow().next_page().await.expect_err("refused"),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Checkpoint, "{error:?}");
            let message = error.to_string();
            assert!(message.contains(&beyond.to_string()), "{message}");
            assert!(message.contains(&last.to_string()), "{message}");
            let hint = error.hint().expect("a hint");
            assert!(
                hint.contains("restore") && hint.contains("begin again"),
                "{hint}"
            );
            assert!(!error.is_retryable());
        }
    }
    // Not refused any more once it is an event.
    store
        .append(append(&account("1"), 31))
        .await
        .expect("stored");
    store
        .feed()
        .after(p(last.get() + 1))
        .read()
        .await
        .expect("it is the last");
}

async fn a_stream_without_its_row_is_damage(database: &Database) {
    let store = filled(database).await;
    database
        .sql("DELETE FROM {streams} WHERE stream = 'account-2'")
        .await;
    for feed in [
        store.feed(),
        store.feed().categories(["account"]),
        store.feed().categories(["ledger"]),
    ] {
        let error = feed.read().await.expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
        assert!(error.to_string().contains("`account-2`"), "{error}");
        assert!(error.to_string().contains("no row"), "{error}");
    }
    let undamaged = store.tenant("acme").feed().read().await.expect("another's");
    assert!(undamaged.events().is_empty());
}

async fn two_events_at_one_position_are_damage(database: &Database) {
    if !database.is_postgres() {
        // The position is the key of the table.
        return;
    }
    let store = filled(database).await;
    database
        .sql("UPDATE {events} SET position = 7 WHERE position = 8")
        .await;
    let error = store.feed().read().await.expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
    assert!(error.to_string().contains("position 7"), "{error}");
}

async fn names_that_nothing_can_have_are_refused(database: &Database) {
    let store = filled(database).await;
    let feeds = [
        store.feed().events(["a\0b"]),
        store.feed().categories(["a\0b"]),
    ];
    for feed in feeds {
        let error = feed.read().await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
        assert!(error.to_string().contains("NUL"), "{error}");
    }
    let tenant = store.tenant("a\0b");
    let error = tenant.feed().read().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
}

async fn a_store_for_reading_has_a_feed(database: &Database) {
    let whole = all(&filled(database).await).await;
    let store = database.open(Store::options().read_only()).await;
    assert_eq!(all(&store).await, whole);
}

async fn a_closed_store_says_so(database: &Database) {
    let store = filled(database).await;
    let mut subscription = store.feed().follow();
    store.close().await;
    let errors = [
        store.feed().read().await.expect_err("closed"),
        subscription.next_page().await.expect_err("closed"),
        store.frontier().await.expect_err("closed"),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Closed, "{error:?}");
    }
}
