//! The feed handed on event by event.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use annals::{
    Append, Error, ErrorKind, Expected, Feed, Position, RecordedEvent, StreamId, Version,
};
use annals_tests::domain::{Deposited, Opened, account, deposited, ledger};
use annals_tests::{Database, contract};

use crate::feed::{all, append, filled, p};

contract![
    each_gives_what_pages_give,
    an_event_tells_of_itself_without_being_copied,
    each_begins_after_a_position_and_answers_where_to_go_on,
    each_of_nothing_ends_at_once,
    each_of_some_events_gives_these,
    each_of_a_tenant_gives_its_own,
    each_tells_aggregates_apart,
    each_of_very_many_tenants_gives_all,
    each_goes_on_over_wide_holes,
    what_a_closure_refuses_is_the_last_that_it_gets,
    each_stops_before_damage,
    what_each_is_not_asked_for_is_not_read,
    each_filters_by_whatever_is_asked,
    each_refuses_what_pages_refuse,
];

/// What is told of an event.
#[derive(Debug, PartialEq)]
struct Told {
    stream: String,
    category: String,
    version: Version,
    position: Position,
    event_type: String,
    schema_version: u32,
    payload: Vec<u8>,
}

impl Told {
    fn cents(&self) -> i64 {
        let deposited: Deposited = serde_json::from_slice(&self.payload).expect("fits");
        deposited.cents
    }
}

async fn told(feed: Feed) -> (Vec<Told>, Position) {
    let mut events = Vec::new();
    let checkpoint = feed.each(|event| {
        events.push(Told {
            stream: event.stream().to_owned(),
            category: event.category().to_owned(),
            version: event.version(),
            position: event.position(),
            event_type: event.event_type().to_owned(),
            schema_version: event.schema_version(),
            payload: event.payload().to_vec(),
        });
        Ok::<_, Error>(())
    });
    let checkpoint = checkpoint.await.expect("readable");
    (events, checkpoint)
}

/// The same of the events of a page.
fn of_page(events: &[RecordedEvent]) -> Vec<Told> {
    let told = events.iter().map(|event| {
        let recorded = event.recorded();
        Told {
            stream: recorded.stream().to_string(),
            category: recorded.stream().category().to_owned(),
            version: recorded.version(),
            position: recorded.position(),
            event_type: recorded.event_type().to_owned(),
            schema_version: recorded.schema_version(),
            payload: event.payload().to_vec(),
        }
    });
    told.collect()
}

async fn each_gives_what_pages_give(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    for size in [1, 7, 10_000] {
        let (events, checkpoint) = told(store.feed().page(size)).await;
        assert_eq!(events, of_page(whole.events()));
        assert_eq!(checkpoint, whole.checkpoint());
    }
}

async fn an_event_tells_of_itself_without_being_copied(database: &Database) {
    let store = filled(database).await;
    let mut place = 0;
    let whole = all(&store).await;
    let done = store.feed().each(|event| {
        let kept = &whole.events()[place];
        let recorded = kept.recorded();
        assert_eq!(event.stream(), recorded.stream().to_string());
        assert_eq!(event.category(), "account");
        assert_eq!(event.id(), recorded.stream().id());
        assert_eq!(event.position(), recorded.position());
        assert_eq!(event.event_type(), "money.deposited");
        assert_eq!(event.schema_version(), recorded.schema_version());
        assert_eq!(event.payload(), kept.payload());
        assert_eq!(event.version(), recorded.version());
        assert!(event.decode::<Opened>()?.is_none());
        let typed = event.decode::<Deposited>()?.expect("of this type");
        place += 1;
        assert_eq!(typed.cents, place as i64);
        assert_eq!(event.json::<Deposited>()?.cents, typed.cents);
        Ok::<_, Error>(())
    });
    done.await.expect("readable");
    assert_eq!(place, 30);
}

async fn each_begins_after_a_position_and_answers_where_to_go_on(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    let after = whole.events()[11].recorded().position();
    let (events, checkpoint) = told(store.feed().after(after)).await;
    assert_eq!(events, of_page(&whole.events()[12..]));
    store
        .append(append(&account("1"), 31))
        .await
        .expect("stored");
    let (events, _) = told(store.feed().after(checkpoint)).await;
    let cents: Vec<_> = events.iter().map(Told::cents).collect();
    assert_eq!(cents, [31]);
}

async fn each_of_nothing_ends_at_once(database: &Database) {
    let store = database.store().await;
    assert_eq!(told(store.feed()).await, (Vec::new(), p(0)));
    let store = filled(database).await;
    let (events, checkpoint) = told(store.feed().events(["never.stored"])).await;
    assert!(events.is_empty());
    assert_eq!(checkpoint, all(&store).await.checkpoint());
}

async fn each_of_some_events_gives_these(database: &Database) {
    let store = filled(database).await;
    let opened = annals::NewEvent::of(&Opened {
        owner: "ann".to_owned(),
    });
    let both = [opened, deposited(1)];
    let append = Append::to(&ledger("1"), Expected::NoStream, both);
    store.append(append).await.expect("stored");
    for feed in [
        store.feed().event::<Opened>(),
        store.feed().categories(["ledger"]),
        store.feed().event::<Deposited>().categories(["ledger"]),
    ] {
        let page = feed.read().await.expect("readable");
        assert!(!page.events().is_empty());
        assert_eq!(
            told(feed).await,
            (of_page(page.events()), page.checkpoint())
        );
    }
}

async fn each_of_a_tenant_gives_its_own(database: &Database) {
    let store = database.store().await;
    let tenants = ["", "acme", "acme "].map(|name| store.tenant(name));
    for (cents, tenant) in (1..).zip(&tenants) {
        let append = append(&account("1"), cents);
        tenant.append(append).await.expect("stored");
    }
    for tenant in &tenants {
        let (events, checkpoint) = told(tenant.feed()).await;
        assert_eq!(events, of_page(all(tenant).await.events()));
        assert_eq!(events.len(), 1);
        assert_eq!(checkpoint, store.frontier().await.expect("known"));
    }
}

/// `a-b-1` may be `1` of `a-b` and `b-1` of `a`.
async fn each_tells_aggregates_apart(database: &Database) {
    let store = database.store().await;
    let ids = [("a", "1"), ("a", "b-2"), ("a-b", "1"), ("account", "7-8")];
    for count in 1..=ids.len() {
        let (category, id) = ids[count - 1];
        let stream = StreamId::new(category, id);
        store.append(append(&stream, 1)).await.expect("stored");
        let (events, _) = told(store.feed()).await;
        let found = events.iter().map(|it| (&*it.category, &*it.stream));
        let names = ids.map(|(category, id)| (category, format!("{category}-{id}")));
        let names = names.iter().map(|(category, name)| (*category, &**name));
        assert!(found.eq(names.take(count)), "{events:?}");
    }
}

/// More tenants and aggregates than it pays to find out before.
async fn each_of_very_many_tenants_gives_all(database: &Database) {
    let store = database.store().await;
    let [first, last] = ["aa", "zz"].map(|name| store.tenant(name));
    for of in [&store, &first, &last] {
        of.append(append(&account("1"), 1)).await.expect("stored");
        of.append(append(&ledger("1"), 2)).await.expect("stored");
    }
    database.add_tenants(1200).await;
    for (store, tenant) in [(&store, ""), (&first, "aa"), (&last, "zz")] {
        let (events, _) = told(store.feed()).await;
        let found: Vec<_> = events.iter().map(|it| &*it.category).collect();
        assert_eq!(found, ["account", "ledger"], "of tenant `{tenant}`");
    }
    // Large pages are read in the same way.
    let page = store.feed().page(10_000).read().await.expect("readable");
    assert_eq!(page.events().len(), 2);
}

async fn each_goes_on_over_wide_holes(database: &Database) {
    let store = database.store().await;
    let holes = [70_000, 1_000_000_000_000, i64::MAX - 10];
    for (round, next) in (0..).zip(holes.into_iter().chain([i64::MAX - 3; 2])) {
        for cents in 0..3 {
            let append = append(&account("1"), 10 * round + cents);
            store.append(append).await.expect("stored");
        }
        match database.is_postgres() {
            true => {
                let skip = format!("SELECT setval('annals.event_position', {next})");
                database.number(&skip).await;
            }
            false => {
                let skip =
                    format!("UPDATE sqlite_sequence SET seq = {next} WHERE name = 'annals_events'");
                assert_eq!(database.sql(&skip).await, 1);
            }
        }
    }
    let (events, _) = told(store.feed()).await;
    let cents: Vec<_> = events.iter().map(Told::cents).collect();
    assert_eq!(
        cents,
        [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42]
    );
    assert_eq!(events[14].position, p(i64::MAX as u64));
}

async fn what_a_closure_refuses_is_the_last_that_it_gets(database: &Database) {
    #[derive(Debug)]
    enum Mine {
        Enough,
        Failed,
    }
    impl From<Error> for Mine {
        fn from(_: Error) -> Self {
            Mine::Failed
        }
    }
    let store = filled(database).await;
    let mut last = p(0);
    let stopped = store.feed().each(|event| {
        last = event.position();
        match event.json::<Deposited>()?.cents {
            12 => Err(Mine::Enough),
            _ => Ok(()),
        }
    });
    let error = stopped.await.expect_err("the closure has enough");
    assert!(matches!(error, Mine::Enough), "{error:?}");
    // From there it goes on, on the same connections.
    let (events, _) = told(store.feed().after(last)).await;
    assert_eq!(events, of_page(&all(&store).await.events()[12..]));
}

async fn each_stops_before_damage(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    let spoilt = whole.events()[20].recorded().position();
    let places = ["stream = 'nobody-1'", "schema_version = -1"];
    for place in places {
        let spoil = format!("UPDATE {{events}} SET {place} WHERE position = {spoilt}");
        database.edit(&spoil).await;
        let mut count = 0;
        let read = store.feed().each(|_| {
            count += 1;
            Ok::<_, Error>(())
        });
        let error = read.await.expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
        assert_eq!(count, 20);
        let mend = format!(
            "UPDATE {{events}} SET stream = '{}', schema_version = 1 WHERE position = {spoilt}",
            whole.events()[20].recorded().stream()
        );
        database.edit(&mend).await;
    }
    assert_eq!(told(store.feed()).await.0, of_page(whole.events()));
}

async fn what_each_is_not_asked_for_is_not_read(database: &Database) {
    let store = filled(database).await;
    let whole = all(&store).await;
    let spoilt = whole.events()[20].recorded().position();
    let spoil = format!("UPDATE {{events}} SET metadata = '[]' WHERE position = {spoilt}");
    database.edit(&spoil).await;
    assert_eq!(told(store.feed()).await.0, of_page(whole.events()));
    let error = store.feed().read().await.expect_err("pages read it");
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
}

/// Names are not spelled by annals alone: they become part of what the database is asked.
async fn each_filters_by_whatever_is_asked(database: &Database) {
    let odd = [
        "o'neil",
        r"o\'neil",
        r"\",
        "$$",
        "{tenant}",
        "' or 'a' = 'a",
        "\u{1f3e6} ",
    ];
    let store = database.store().await;
    for (cents, name) in (1..).zip(odd) {
        let append = append(&account("1"), cents);
        store.tenant(name).append(append).await.expect("stored");
    }
    let check = async |store: &annals::Store| {
        for (cents, name) in (1..).zip(odd) {
            let tenant = store.tenant(name);
            let mine = told(tenant.feed()).await.0;
            assert_eq!(mine.iter().map(Told::cents).collect::<Vec<_>>(), [cents]);
            let types = odd.into_iter().chain(["money.deposited"]);
            assert_eq!(told(tenant.feed().events(types)).await.0, mine);
            assert!(told(tenant.feed().events(odd)).await.0.is_empty());
            assert!(told(tenant.feed().events([name])).await.0.is_empty());
            let none: [&str; 0] = [];
            assert!(told(tenant.feed().events(none)).await.0.is_empty());
        }
    };
    check(&store).await;
    if database.is_postgres() {
        let old_strings = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET standard_conforming_strings = off', \
                           current_database()); END $$";
        database.sql(old_strings).await;
        check(&database.store().await).await;
    }
}

async fn each_refuses_what_pages_refuse(database: &Database) {
    let store = filled(database).await;
    let last = all(&store).await.checkpoint();
    let nothing = |_: &annals::FeedEvent<'_>| Ok::<_, Error>(());
    let beyond = store.feed().after(p(last.get() + 1)).each(nothing).await;
    let error = beyond.expect_err("beyond the end");
    assert_eq!(error.kind(), ErrorKind::Checkpoint, "{error:?}");
    let named = store.feed().events(["a\0b"]).each(nothing).await;
    assert_eq!(named.expect_err("no name").kind(), ErrorKind::Name);
    store.close().await;
    let closed = store.feed().each(nothing).await;
    assert_eq!(closed.expect_err("closed").kind(), ErrorKind::Closed);
}

mod rows_that_are_still_to_come {
    use super::*;

    /// Much more than is on its way at once, and a store that has one connection.
    pub(super) async fn much() -> (Database, annals::Store) {
        let database = annals_tests::databases::postgres().await;
        let store = filled(&database).await;
        let owner = "a".repeat(4000);
        for _ in 0..20 {
            let opened = Opened {
                owner: owner.clone(),
            };
            let events = std::iter::repeat_with(|| annals::NewEvent::of(&opened)).take(100);
            let append = Append::to(&account("1"), Expected::Any, events);
            store.append(append).await.expect("stored");
        }
        store.close().await;
        let options = annals_tests::options().max_connections(1);
        let store = options.connect(database.url()).await;
        (database, store.expect("it opens"))
    }

    /// As where it is given up in any other way: it is dropped in the middle of the rows.
    #[tokio::test]
    async fn are_no_matter_to_who_comes_after_one_that_panicked() {
        let (_database, store) = much().await;
        let feed = store.feed();
        let panicked = tokio::spawn(feed.each(|event| match event.position() < p(20) {
            true => Ok::<_, Error>(()),
            false => std::panic::resume_unwind(Box::new("enough")),
        }));
        assert!(panicked.await.expect_err("it panicked").is_panic());
        assert_eq!(told(store.feed()).await.0.len(), 2030);
    }

    #[tokio::test]
    async fn are_no_matter_to_who_comes_after_one_that_met_damage() {
        let (database, store) = much().await;
        for schema_version in [-1, 1] {
            let edit = format!(
                "UPDATE {{events}} SET schema_version = {schema_version} WHERE position = 20"
            );
            database.edit(&edit).await;
            let read = store.feed().each(|_| Ok::<_, Error>(())).await;
            assert_eq!(read.is_ok(), schema_version == 1, "{read:?}");
        }
        assert_eq!(told(store.feed()).await.0.len(), 2030);
    }

    #[tokio::test]
    async fn are_no_matter_to_who_comes_after_one_that_had_enough() {
        let (_database, store) = much().await;
        let enough = store.feed().each(|event| match event.position() < p(20) {
            true => Ok(()),
            false => Err(event.json::<()>().expect_err("no such event")),
        });
        assert_eq!(enough.await.expect_err("it had").kind(), ErrorKind::Misfit);
        assert_eq!(told(store.feed()).await.0.len(), 2030);
    }
}

#[tokio::test]
async fn what_is_kept_as_jsonb_is_handed_on_as_text() {
    let database = annals_tests::databases::empty_postgres().await;
    let options = annals_tests::options().jsonb();
    options.migrate(database.url()).await.expect("migrated");
    let store = filled(&database).await;
    let whole = all(&store).await;
    assert_eq!(whole.events()[0].payload(), br#"{"cents": 1}"#);
    assert_eq!(told(store.feed()).await.0, of_page(whole.events()));
    let small = store.feed().read().await.expect("readable");
    assert_eq!(small.events(), whole.events());
}

mod rows_that_lie_in_another_order {
    use super::*;

    /// Each row is written anew behind all others, in this order.
    async fn moved(database: &Database, positions: impl IntoIterator<Item = u64>) {
        for position in positions {
            let rewrite =
                format!("UPDATE {{events}} SET position = position WHERE position = {position}");
            assert_eq!(database.edit(&rewrite).await, 1);
        }
    }

    #[tokio::test]
    async fn are_handed_on_in_that_of_their_positions() {
        let database = annals_tests::databases::postgres().await;
        let store = filled(&database).await;
        let whole = of_page(all(&store).await.events());
        // Holes are no reason to wait for ever.
        database
            .number("SELECT setval('annals.event_position', 40)")
            .await;
        store
            .append(append(&account("1"), 31))
            .await
            .expect("stored");
        for positions in [vec![1, 30, 2], (1..=30).rev().collect(), vec![41, 17]] {
            moved(&database, positions).await;
            let (mut told, checkpoint) = told(store.feed()).await;
            assert_eq!(told.pop().expect("the last one").position, p(41));
            assert_eq!(told, whole);
            assert_eq!(checkpoint, p(41));
            let page = store.feed().page(10_000).read().await.expect("readable");
            assert_eq!(of_page(&page.events()[..30]), whole);
        }
    }

    #[tokio::test]
    async fn are_ordered_by_the_server_where_too_many_would_wait() {
        let (database, store) = super::rows_that_are_still_to_come::much().await;
        let whole = told(store.feed()).await;
        moved(&database, [25, 3]).await;
        assert_eq!(told(store.feed()).await, whole);
        let page = store.feed().page(10_000).read().await.expect("readable");
        assert_eq!(of_page(page.events()), whole.0[..page.events().len()]);
        let mut count = 0;
        let enough = store.feed().each(|event| {
            count += 1;
            match event.position() < p(5) {
                true => Ok(()),
                false => Err(event.json::<()>().expect_err("no such event")),
            }
        });
        enough.await.expect_err("it had");
        assert_eq!(count, 5);
    }

    #[tokio::test]
    async fn are_refused_where_two_have_the_same_position() {
        let database = annals_tests::databases::postgres().await;
        let store = filled(&database).await;
        for twice in [7, 9, 30] {
            let damage = format!("UPDATE {{events}} SET position = {twice} WHERE position = 8");
            assert_eq!(database.edit(&damage).await, 1);
            let mut last = p(0);
            let read = store.feed().each(|event| {
                last = event.position();
                Ok::<_, Error>(())
            });
            let error = read.await.expect_err("damaged");
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
            assert_eq!(last, p(twice));
            let mend = format!(
                "UPDATE {{events}} SET position = 8 WHERE position = {twice} AND payload ->> 'cents' = '8'"
            );
            assert_eq!(database.edit(&mend).await, 1);
        }
    }
}

mod on_one_thread {
    use super::*;

    #[tokio::test]
    async fn others_go_on_beside_postgres() {
        others_go_on(&annals_tests::databases::postgres().await).await;
    }

    #[tokio::test]
    async fn others_go_on_beside_sqlite() {
        others_go_on(&annals_tests::databases::sqlite().await).await;
    }

    /// The database is ahead of a closure that takes its time, so that the next row is always there.
    async fn others_go_on(database: &Database) {
        let store = database.store().await;
        for first in [0, 1000] {
            let events = (first..first + 1000).map(deposited);
            let append = Append::to(&account("1"), Expected::Any, events);
            store.append(append).await.expect("stored");
        }
        let turns = Arc::new(AtomicUsize::new(0));
        let other = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move {
                loop {
                    turns.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            }
        });
        let mut last = 0;
        let mut longest = (0, 0);
        let read = store.feed().each(|_| {
            std::thread::sleep(Duration::from_micros(50));
            let now = turns.load(Ordering::Relaxed);
            longest = match now == last {
                true => (longest.0 + 1, longest.1.max(longest.0 + 1)),
                false => (0, longest.1),
            };
            last = now;
            Ok::<_, Error>(())
        });
        read.await.expect("readable");
        other.abort();
        assert!(longest.1 < 300, "{} events without a pause", longest.1);
    }
}
