//! A feed of some events only.

use annals::{Append, Expected, FeedPage, NewEvent, Store, StreamId};
use annals_tests::domain::{Deposited, Opened, account, deposited, ledger};
use annals_tests::{Database, contract};

use crate::feed::{all, append, p, positions};

contract![
    only_events_of_the_asked_types,
    an_event_by_its_type_brings_its_aliases,
    only_streams_of_the_asked_aggregates,
    aggregates_whose_names_begin_alike_are_apart,
    filters_are_added_up,
    a_filter_by_nothing_lets_nothing_through,
    the_checkpoint_goes_on_past_what_was_not_asked_for,
];

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
