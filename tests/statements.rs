//! How many statements and round trips PostgreSQL sees, counted on the wire, transaction control included.

use std::time::Duration;

use annals::{Append, Expected, NewEvent, Store, StoreOptions, StreamId, Version};
use annals_tests::domain::{
    Account, Deposit, Ledger, Look, Withdraw, account, deposited, deposits, ledger,
};
use annals_tests::proxy::{Proxy, Sent};
use annals_tests::{Cluster, Database};

struct Counted {
    // Kept: it stops with the value.
    _cluster: Cluster,
    database: Database,
    proxy: Proxy,
    store: Store,
}

/// A store on a counted wire.
async fn counted() -> Counted {
    Counted::with(|options| options).await
}

impl Counted {
    async fn with(change: fn(StoreOptions) -> StoreOptions) -> Counted {
        let cluster = Cluster::start_new();
        let database = Database::at(cluster.url("postgres"));
        Store::migrate(database.url()).await.expect("migrated");
        let proxy = Proxy::to(cluster.port()).await;
        let url = format!(
            "postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable",
            proxy.port()
        );
        let options = annals_tests::options().max_connections(1);
        let store = change(options).connect(&url).await;
        Counted {
            _cluster: cluster,
            database,
            proxy,
            store: store.expect("the store opens"),
        }
    }

    /// What is sent for each of three calls, after as many that prepare the statements.
    async fn each<F: Future>(&self, mut call: impl FnMut(u32) -> F) -> Sent {
        for n in 0..3 {
            call(n).await;
        }
        let _ = self.take();
        call(3).await;
        let first = self.take();
        for n in 4..6 {
            call(n).await;
            assert_eq!(self.take(), first, "each call sends the same");
        }
        first
    }

    /// What was sent, but for pings: the pool sends some behind an answer.
    fn take(&self) -> Sent {
        Sent {
            pings: 0,
            ..self.proxy.take()
        }
    }
}

/// Nothing but these statements, each in one round trip, and none prepared again.
fn only(statements: u32) -> Sent {
    Sent {
        statements,
        preparations: 0,
        round_trips: statements,
        pings: 0,
    }
}

fn new(n: u32) -> StreamId {
    account(&format!("new-{n}"))
}

#[tokio::test]
async fn the_wire_counts_what_is_sent() {
    let counted = counted().await;
    let mut tx = counted.store.begin().await.expect("a transaction");
    let _ = counted.proxy.take();
    for prepared in [true, false] {
        let connection = tx.as_postgres().expect("PostgreSQL");
        let select = sqlx::query("SELECT 1");
        select.execute(connection).await.expect("1");
        let expected = Sent {
            statements: 1,
            preparations: u32::from(prepared),
            round_trips: 1 + u32::from(prepared),
            pings: 0,
        };
        assert_eq!(counted.proxy.take(), expected);
    }
    tx.commit().await.expect("committed");
    assert_eq!(counted.take(), only(1));
}

/// A store that is in use sees that a connection is lost when it uses it, and does not ask each time before.
#[tokio::test]
async fn a_connection_in_use_is_not_asked_whether_it_is_alive() {
    let counted = counted().await;
    let append = || Append::to(&account("1"), Expected::Any, [deposited(1)]);
    counted.store.append(append()).await.expect("stored");
    let _ = counted.proxy.take();
    for _ in 0..50 {
        counted.store.append(append()).await.expect("stored");
    }
    let sent = counted.proxy.take();
    assert_eq!(sent.statements, 50);
    // The pool asks when a connection comes back, behind the answer.
    assert!(sent.pings <= 52, "{sent:?}");
}

#[tokio::test]
async fn an_append_is_one_statement() {
    let counted = counted().await;
    let store = &counted.store;
    let sent = counted
        .each(|n| async move {
            let append = Append::to(&new(n), Expected::NoStream, [deposited(1), deposited(2)]);
            store.append(append).await.expect("stored");
        })
        .await;
    assert_eq!(sent, only(1), "to a new stream");
    let sent = counted
        .each(|n| async move {
            let expected = Expected::Exact(Version::new(2 + u64::from(n)));
            let append = Append::to(&new(0), expected, [deposited(3)]);
            store.append(append).await.expect("stored");
        })
        .await;
    assert_eq!(sent, only(1), "to one that exists");
    assert_eq!(counted.database.events().await, 18);
}

#[tokio::test]
async fn an_append_to_64_streams_is_one_statement() {
    let counted = counted().await;
    let store = &counted.store;
    let sent = counted
        .each(|n| async move {
            let expected = Expected::Exact(Version::new(u64::from(n)));
            let mut group = Append::to(&account("0"), expected, [deposited(0)]);
            for id in 1..64_i64 {
                group = group.and(&account(&id.to_string()), expected, [deposited(id)]);
            }
            let receipt = store.append(group).await.expect("stored");
            assert_eq!(receipt.streams().len(), 64);
        })
        .await;
    assert_eq!(sent, only(1));
    assert_eq!(counted.database.events().await, 6 * 64);
    assert_eq!(deposits(store, &account("63")).await, [63; 6]);
}

#[tokio::test]
async fn appends_of_64_callers_are_one_statement() {
    let counted = counted().await;
    let store = &counted.store;
    let sent = counted
        .each(|n| async move {
            let expected = Expected::Exact(Version::new(u64::from(n)));
            let groups = (0..64)
                .map(|id| Append::to(&account(&id.to_string()), expected, [deposited(1)]))
                .collect();
            for result in store.append_many(groups).await {
                result.expect("stored");
            }
        })
        .await;
    assert_eq!(sent, only(1));
}

#[tokio::test]
async fn a_load_is_one_statement() {
    let counted = counted().await;
    let store = &counted.store;
    let events = (0..5).map(|_| deposited(1));
    let append = Append::to(&account("1"), Expected::NoStream, events);
    store.append(append).await.expect("stored");
    let sent = counted
        .each(|_| async move {
            let root = store.aggregate::<Account>("1");
            assert_eq!(root.load().await.expect("loads").balance, 5);
        })
        .await;
    assert_eq!(sent, only(1));
}

#[tokio::test]
async fn a_load_from_a_snapshot_and_the_events_after_it_is_one_statement() {
    let counted = counted().await;
    let other = counted.database.store().await;
    let root = other.aggregate::<Ledger>("1");
    for _ in 0..3 {
        root.execute(Deposit(1)).await.expect("stored");
    }
    other.close().await;
    let other = counted.database.store().await;
    let root = other.aggregate::<Ledger>("1");
    root.execute(Deposit(1)).await.expect("stored");
    let snapshot = "SELECT version FROM {snapshots}";
    assert_eq!(counted.database.number(snapshot).await, 3);
    // It shows that the snapshot is used: the events before it cannot be read any more.
    let unreadable = "UPDATE {events} SET event_type = 'forgotten' WHERE version <= 3";
    counted.database.edit(unreadable).await;
    let store = &counted.store;
    let sent = counted
        .each(|_| async move {
            let root = store.aggregate::<Ledger>("1");
            assert_eq!(root.load().await.expect("loads").balance, 4);
        })
        .await;
    assert_eq!(sent, only(1));
}

#[tokio::test]
async fn a_command_is_two_statements() {
    let counted = counted().await;
    let store = &counted.store;
    let sent = counted
        .each(|n| async move {
            let root = store.aggregate::<Account>(format!("new-{n}"));
            root.execute(Deposit(1)).await.expect("stored");
        })
        .await;
    assert_eq!(sent, only(2), "on a new aggregate");
    let sent = counted
        .each(|n| async move {
            let root = store.aggregate::<Account>(format!("new-{n}"));
            root.execute(Deposit(1)).await.expect("stored");
        })
        .await;
    assert_eq!(sent, only(1), "on one to which a command was sent before");
}

#[tokio::test]
async fn a_store_that_keeps_no_states_loads_each_time() {
    let counted = Counted::with(|options| options.warm_bytes(0)).await;
    let store = &counted.store;
    let sent = counted
        .each(|_| async move {
            let root = store.aggregate::<Account>("1");
            root.execute(Deposit(1)).await.expect("stored");
        })
        .await;
    assert_eq!(sent, only(2));
}

#[tokio::test]
async fn states_beyond_the_bound_are_loaded_again() {
    // Two of them: each counts half a kibibyte beside what it was made of.
    let counted = Counted::with(|options| options.warm_bytes(1_400)).await;
    let store = &counted.store;
    let three = |_| async move {
        for id in ["1", "2", "3"] {
            let root = store.aggregate::<Account>(id);
            root.execute(Deposit(1)).await.expect("stored");
        }
    };
    assert_eq!(counted.each(three).await, only(6), "each comes too late");
    let two = |_| async move {
        for id in ["1", "2"] {
            let root = store.aggregate::<Account>(id);
            root.execute(Deposit(1)).await.expect("stored");
        }
    };
    assert_eq!(counted.each(two).await, only(2), "both are kept");
}

#[tokio::test]
async fn commands_on_one_stream_that_come_together_are_stored_together() {
    let counted = counted().await;
    let root = counted.store.aggregate::<Account>("1");
    root.execute(Deposit(1)).await.expect("stored");
    root.execute(Deposit(1)).await.expect("stored");
    let _ = counted.take();
    let commands = (0..64).map(|_| async { root.execute(Deposit(1)).await });
    for stored in futures_util::future::join_all(commands).await {
        stored.expect("stored");
    }
    let sent = counted.take();
    assert!(sent.statements <= 4, "{sent:?}");
    assert_eq!(counted.database.events().await, 66);
}

#[tokio::test]
async fn loads_that_come_together_are_few_statements() {
    let counted = counted().await;
    let store = &counted.store;
    let append = |id: i64| Append::to(&account(&id.to_string()), Expected::Any, [deposited(id)]);
    for stored in store.append_many((0..64).map(append).collect()).await {
        stored.expect("stored");
    }
    let _ = counted.take();
    let loads = (0..64).map(|id| async move {
        let root = store.aggregate::<Account>(id.to_string());
        assert_eq!(root.load().await.expect("loads").balance, id);
    });
    futures_util::future::join_all(loads).await;
    let sent = counted.take();
    assert!(sent.statements <= 4, "{sent:?}");
}

#[tokio::test]
async fn a_command_with_a_key_is_two_statements() {
    let counted = counted().await;
    let store = &counted.store;
    let sent = counted
        .each(|n| async move {
            let root = store.aggregate::<Account>(format!("new-{n}"));
            root.execute(Deposit(1)).key("a").await.expect("stored");
        })
        .await;
    assert_eq!(sent, only(2));
    let sent = counted
        .each(|n| async move {
            let root = store.aggregate::<Account>(format!("new-{n}"));
            let refused = root.execute(Withdraw(9)).key("b").await;
            refused.expect_err("refused");
        })
        .await;
    assert_eq!(sent, only(2), "its refusal is kept");
}

#[tokio::test]
async fn an_answer_that_stores_nothing_is_one_statement() {
    let counted = counted().await;
    let store = &counted.store;
    let sent = counted
        .each(|_| async move {
            let root = store.aggregate::<Account>("1");
            root.execute(Withdraw(9)).await.expect_err("refused");
        })
        .await;
    assert_eq!(sent, only(1), "a refusal");
    let sent = counted
        .each(|_| async move {
            let root = store.aggregate::<Account>("1");
            root.execute(Look).await.expect("accepted");
        })
        .await;
    assert_eq!(sent, only(1), "no events");
}

#[tokio::test]
async fn an_append_in_a_transaction_adds_few_statements_to_it() {
    let counted = counted().await;
    let store = &counted.store;
    let empty = counted
        .each(|_| async move {
            let tx = store.begin().await.expect("a transaction");
            tx.commit().await.expect("committed");
        })
        .await;
    let sent = counted
        .each(|n| async move {
            let mut tx = store.begin().await.expect("a transaction");
            let append = Append::to(&new(n), Expected::NoStream, [deposited(1)]);
            store.append_in(&mut tx, append).await.expect("stored");
            tx.commit().await.expect("committed");
        })
        .await;
    // It is made durable, and stands between a savepoint and its release.
    assert_eq!(empty, only(2));
    assert!(sent.statements <= 2 + 4, "{sent:?}");
    assert_eq!(sent, only(sent.statements));
}

#[tokio::test]
async fn a_page_of_events_is_one_statement() {
    let counted = counted().await;
    let store = &counted.store;
    let events = (0..300).map(|_| deposited(1));
    let append = Append::to(&account("1"), Expected::NoStream, events);
    store.append(append).await.expect("stored");
    let sent = counted
        .each(|_| async move {
            let stream = account("1");
            let read = store.stream(&stream).limit(300).all().await;
            assert_eq!(read.expect("readable").len(), 300);
        })
        .await;
    assert_eq!(sent, only(1));
}

/// The server never learns how large these tables have become.
async fn unwatched(database: &Database, tables: &[&str]) {
    for table in tables {
        let unwatched = format!("ALTER TABLE annals.{table} SET (autovacuum_enabled = off)");
        database.sql(&unwatched).await;
    }
}

/// Plans are made while the tables are small, and kept until somebody looks how large they have become.
#[tokio::test]
async fn no_call_for_some_streams_reads_a_table_to_its_end() {
    let counted = counted().await;
    unwatched(
        &counted.database,
        &["streams", "events", "commands", "snapshots"],
    )
    .await;
    let read_to_the_end = "SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_user_tables
                           WHERE relname IN ('streams', 'events', 'commands', 'snapshots')";
    let before = counted.database.number(read_to_the_end).await;
    let store = &counted.store;
    for n in 0..60_u32 {
        let id = |nth: u32| format!("{n}-{nth}");
        let appends =
            (0..20).map(|nth| Append::to(&account(&id(nth)), Expected::NoStream, [deposited(9)]));
        for appended in store.append_many(appends.collect()).await {
            appended.expect("stored");
        }
        let further = (0..20).map(|nth| {
            let expected = Expected::Exact(Version::new(1));
            Append::to(&account(&id(nth)), expected, [deposited(9)])
        });
        for appended in store.append_many(further.collect()).await {
            appended.expect("stored");
        }
        // Such as only the statement that judges takes.
        let any = |nth| Append::to(&account(&id(nth)), Expected::Any, [deposited(9)]);
        for appended in store.append_many(vec![any(0), any(1)]).await {
            appended.expect("stored");
        }
        store.append(any(2)).await.expect("stored");
        let known = Expected::Exact(Version::new(3));
        let append = Append::to(&account(&id(0)), known, [deposited(9)]);
        store.append(append).await.expect("stored");
        let ledgers = (0..8).map(|nth| store.aggregate::<Ledger>(id(nth)));
        let ledgers: Vec<_> = ledgers.collect();
        for loaded in
            futures_util::future::join_all(ledgers.iter().map(|ledger| ledger.load())).await
        {
            loaded.expect("loaded");
        }
        let deposit = Deposit(1);
        let sent = ledgers[3].execute(deposit).key("once").await;
        sent.expect("taken");
    }
    // What the server has counted is to be seen once the connections are gone.
    store.close().await;
    let after = counted.database.number(read_to_the_end).await;
    assert_eq!(after - before, 0, "rows were read one after another");
}

/// How many rows of events were read, once nobody is connected any more: until then the server does not say all of it.
async fn events_read(database: &Database) -> i64 {
    let connected = "SELECT count(*) FROM pg_stat_activity
                     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let all_gone = async {
        while database.number(connected).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), all_gone).await;
    waited.expect("connections are closed");
    let read =
        "SELECT sum(idx_tup_fetch)::bigint FROM pg_stat_user_tables WHERE relname = 'events'";
    database.number(read).await
}

#[tokio::test]
async fn a_load_from_a_snapshot_reads_no_event_before_it() {
    let counted = counted().await;
    unwatched(&counted.database, &["events"]).await;
    let store = &counted.store;
    let events = (0..2000).map(|_| deposited(1));
    let append = Append::to(&ledger("1"), Expected::NoStream, events);
    store.append(append).await.expect("stored");
    let root = store.aggregate::<Ledger>("1");
    root.execute(Deposit(1)).await.expect("stored");
    // It is stored behind the answer.
    store.close().await;
    let snapshot = "SELECT version FROM {snapshots}";
    assert_eq!(counted.database.number(snapshot).await, 2001);
    let before = events_read(&counted.database).await;
    let store = counted.database.store().await;
    let root = store.aggregate::<Ledger>("1");
    for _ in 0..20 {
        assert_eq!(root.load().await.expect("loaded").balance, 2001);
    }
    let together = futures_util::future::join_all((0..20).map(|_| root.load()));
    for loaded in together.await {
        assert_eq!(loaded.expect("loaded").balance, 2001);
    }
    store.close().await;
    let read = events_read(&counted.database).await - before;
    assert!(read <= 40 * 4, "{read} rows were read for 40 loads");
}

/// On tables of which the server knows nothing yet, it thinks that little is left of what comes in an order, and sorts it.
#[tokio::test]
async fn a_page_reads_little_more_than_it_hands_out_however_much_follows() {
    const EVENTS: u64 = 20_000;
    let counted = counted().await;
    unwatched(&counted.database, &["streams", "events"]).await;
    counted.store.close().await;
    let store = counted.database.store().await;
    for n in 0..EVENTS / 1000 {
        let expected = Expected::Exact(Version::new(n * 1000));
        let append = Append::to(&account("1"), expected, (0..1000).map(deposited));
        store.append(append).await.expect("stored");
    }
    store.close().await;
    let mut before = events_read(&counted.database).await;
    let mut since = async || {
        let now = events_read(&counted.database).await;
        u64::try_from(now - std::mem::replace(&mut before, now)).expect("it grows")
    };

    for page in [100, 5000] {
        for names in [&[][..], &["money.deposited", "money.withdrawn"]] {
            let store = counted.database.store().await;
            let mut feed = store.feed().page(page);
            if !names.is_empty() {
                feed = feed.events(names.iter().copied());
            }
            let mut found = 0;
            let pages = 20_u64.min(EVENTS / u64::from(page));
            for _ in 0..pages {
                let next = feed.read().await.expect("readable");
                found += next.events().len() as u64;
                feed = feed.after(next.checkpoint());
            }
            assert_eq!(found, pages * u64::from(page));
            store.close().await;
            let read = since().await;
            let most = pages * u64::from(page.max(1000)) * 2;
            assert!(read <= most, "{read} rows were read for {found} events");
        }
    }

    let store = counted.database.store().await;
    let stream = account("1");
    let forwards = store.stream(&stream).all().await.expect("readable");
    let backwards = store.stream(&stream).backwards().all().await;
    assert_eq!(forwards.len() as u64, EVENTS);
    assert_eq!(backwards.expect("readable").len() as u64, EVENTS);
    store.close().await;
    let read = since().await;
    assert!(read <= EVENTS * 2 * 2, "{read} rows were read");
}

#[tokio::test]
async fn a_repeated_append_is_three_statements_at_most() {
    let counted = counted().await;
    let store = &counted.store;
    let events = [1, 2].map(|cents| NewEvent::of(&annals_tests::domain::Deposited { cents }));
    let append = Append::to(&account("1"), Expected::NoStream, events);
    let again = || append.clone();
    let sent = counted
        .each(|n| {
            let append = again();
            async move {
                let receipt = store.append(append).await.expect("stored once");
                assert_eq!(receipt.is_repeated(), n > 0);
            }
        })
        .await;
    assert!(sent.statements <= 3, "{sent:?}");
    assert_eq!(sent, only(sent.statements));
    assert_eq!(counted.database.events().await, 2);
}

/// Who is open is looked up once there is something new, and never without need.
#[tokio::test]
async fn a_read_of_the_feed_is_three_statements_and_one_where_nothing_is_new() {
    let counted = counted().await;
    let store = &counted.store;
    let append = |n: u32| async move {
        let append = Append::to(&new(n), Expected::NoStream, [deposited(1)]);
        store.append(append).await.expect("stored");
    };
    append(0).await;
    let mut after = store.frontier().await.expect("known");
    let read = async |after| store.feed().after(after).read().await.expect("readable");
    assert_eq!(read(annals::Position::new(0)).await.events().len(), 1);
    let _ = counted.take();
    for n in 1..4 {
        assert_eq!(read(after).await.events().len(), 0);
        assert_eq!(counted.take(), only(1), "nothing is new");
        append(n).await;
        let _ = counted.take();
        let page = read(after).await;
        assert_eq!(page.events().len(), 1);
        assert_eq!(counted.take(), only(3), "one event is new");
        assert_eq!(read(after).await, page);
        assert_eq!(counted.take(), only(2), "the same is read again");
        after = page.checkpoint();
    }
}

/// However many wait, one of them looks for all.
#[tokio::test]
async fn pages_of_what_is_known_are_one_statement_and_those_who_wait_share_theirs() {
    let counted = counted().await;
    let store = &counted.store;
    for n in 0..10 {
        let append = Append::to(&new(n), Expected::NoStream, [deposited(1)]);
        store.append(append).await.expect("stored");
    }
    let _ = store.feed().read().await.expect("readable");
    let mut subscription = store.feed().page(2).follow();
    let _ = counted.take();
    for _ in 0..5 {
        let page = subscription.next_page().await.expect("readable");
        assert_eq!(page.events().len(), 2);
        assert_eq!(counted.take(), only(1));
    }

    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let feed = store.feed().after(subscription.checkpoint());
        let mut subscription = feed.poll(Duration::from_millis(100)).follow();
        waiting.spawn(async move { subscription.next_page().await });
    }
    // Each for itself would look ten times a second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let _ = counted.take();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let sent = counted.take();
    assert!((5..200).contains(&sent.statements), "{sent:?}");
}
