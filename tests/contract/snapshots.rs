//! Snapshots: they spare reading, and are never believed where they do not match.

use annals::{Append, AsOf, Expected, Store, Version};
use annals_tests::domain::{Deposit, Ledger, deposited, ledger};
use annals_tests::{Database, contract};

contract![
    no_snapshot_is_taken_before_it_is_due,
    a_snapshot_is_taken_by_policy,
    a_later_snapshot_takes_the_place_of_an_earlier_one,
    a_snapshot_is_used_with_the_events_after_it,
    a_snapshot_of_other_code_is_not_used,
    a_program_with_other_rules_replays,
    a_snapshot_that_does_not_decode_is_not_used,
    a_snapshot_beyond_the_stream_is_not_used,
    a_snapshot_at_another_event_is_not_used,
    a_snapshot_without_its_event_is_not_used,
    without_snapshots_everything_is_the_same,
    earlier_states_do_not_come_from_a_later_snapshot,
    an_event_that_does_not_decode_is_not_hidden_from_readers,
    a_snapshot_holds_what_was_stored_and_not_what_was_meant,
    releases_side_by_side_keep_their_own,
];

/// A ledger with four events of 1, 10, 100 and 1000 cents, and a snapshot of the first three.
async fn snapped(database: &Database) -> Store {
    for amounts in [&[1, 10, 100][..], &[1_000]] {
        let store = database.store().await;
        let root = store.aggregate::<Ledger>("1");
        for &cents in amounts {
            root.execute(Deposit(cents)).await.expect("stored");
        }
        store.close().await;
    }
    assert_eq!(database.number("SELECT version FROM {snapshots}").await, 3);
    database.store().await
}

/// Makes the snapshot say what no events say, so that it shows when it is used.
async fn forge(database: &Database) {
    let (text, json) = if database.is_postgres() {
        ("state::text", "::json")
    } else {
        ("state", "")
    };
    let forged = format!(
        "UPDATE {{snapshots}} SET state = replace(replace({text}, ' ', ''), '\"balance\":', '\"balance\":9'){json}"
    );
    assert_eq!(database.sql(&forged).await, 1);
}

async fn loaded(store: &Store) -> Ledger {
    let root = store.aggregate::<Ledger>("1");
    let loaded = root.load().await.expect("loads");
    assert_eq!(loaded.version(), Version::new(4));
    loaded.into_state()
}

fn truth() -> Ledger {
    Ledger {
        balance: 1_111,
        entries: vec![1, 10, 100, 1_000],
    }
}

async fn no_snapshot_is_taken_before_it_is_due(database: &Database) {
    let store = database.store().await;
    for cents in [1, 10] {
        let root = store.aggregate::<Ledger>("1");
        root.execute(Deposit(cents)).await.expect("stored");
    }
    store.close().await;
    assert_eq!(database.number("SELECT count(*) FROM {snapshots}").await, 0);
}

async fn a_snapshot_is_taken_by_policy(database: &Database) {
    let store = database.store().await;
    for cents in [1, 10, 100] {
        let root = store.aggregate::<Ledger>("1");
        root.execute(Deposit(cents)).await.expect("stored");
    }
    store.close().await;
    assert_eq!(database.number("SELECT version FROM {snapshots}").await, 3);
    let state = "SELECT replace(CAST(state AS text), ' ', '') FROM {snapshots}";
    assert_eq!(
        database.text(state).await,
        r#"{"balance":111,"entries":[1,10,100]}"#
    );
    let ids = "SELECT count(*) FROM {snapshots} s JOIN {events} e ON e.event_id = s.event_id \
               AND e.stream = s.stream AND e.version = s.version";
    assert_eq!(database.number(ids).await, 1);
}

async fn a_later_snapshot_takes_the_place_of_an_earlier_one(database: &Database) {
    for _ in 0..10 {
        let store = database.store().await;
        let root = store.aggregate::<Ledger>("1");
        root.execute(Deposit(1)).await.expect("stored");
        store.close().await;
    }
    assert_eq!(database.number("SELECT count(*) FROM {snapshots}").await, 1);
    assert_eq!(database.number("SELECT version FROM {snapshots}").await, 9);
}

async fn a_snapshot_is_used_with_the_events_after_it(database: &Database) {
    let store = snapped(database).await;
    forge(database).await;
    let state = loaded(&store).await;
    assert_eq!(state.balance, 9_111 + 1_000, "the forged state is used");
    assert_eq!(state.entries, truth().entries);
}

async fn a_snapshot_of_other_code_is_not_used(database: &Database) {
    let store = snapped(database).await;
    forge(database).await;
    let changed =
        "UPDATE {snapshots} SET fingerprint = replace(fingerprint, substr(fingerprint, 1, 1), 'x')";
    database.sql(changed).await;
    assert_eq!(loaded(&store).await, truth());
}

/// The next release of the same aggregate: the same state, and other rules.
mod next {
    use annals::prelude::*;
    use annals_tests::domain::{Deposited, Opened, Withdrawn};

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(
        name = "ledger",
        events(Opened, Deposited, Withdrawn),
        snapshot(every = 3)
    )]
    pub(super) struct Ledger {
        pub(super) balance: i64,
        pub(super) entries: Vec<i64>,
    }

    #[aggregate]
    impl Ledger {
        fn opened(&mut self, _: Opened) {}

        fn deposited(&mut self, event: Deposited) {
            self.balance += event.cents * 2;
            self.entries.push(event.cents);
        }

        fn withdrawn(&mut self, event: Withdrawn) {
            self.balance -= event.cents;
            self.entries.push(-event.cents);
        }
    }
}

async fn a_program_with_other_rules_replays(database: &Database) {
    let store = snapped(database).await;
    let next = store.aggregate::<next::Ledger>("1");
    let loaded_by_next = next.load().await.expect("loads");
    assert_eq!(loaded_by_next.balance, 2_222);
    assert_eq!(loaded_by_next.entries, truth().entries);
    assert_eq!(loaded(&store).await, truth());
}

async fn a_snapshot_that_does_not_decode_is_not_used(database: &Database) {
    for state in [r#"{"balance":"much","entries":[]}"#, "{}", "null", "[1]"] {
        let store = database.store().await;
        database.sql("DELETE FROM {snapshots}").await;
        database.edit("DELETE FROM {events}").await;
        database.sql("DELETE FROM {streams}").await;
        store.close().await;
        let store = snapped(database).await;
        let tampered = format!("UPDATE {{snapshots}} SET state = '{state}'");
        assert_eq!(database.sql(&tampered).await, 1);
        assert_eq!(loaded(&store).await, truth(), "{state}");
    }
}

async fn a_snapshot_beyond_the_stream_is_not_used(database: &Database) {
    let store = snapped(database).await;
    forge(database).await;
    database.sql("UPDATE {snapshots} SET version = 99").await;
    assert_eq!(loaded(&store).await, truth());
}

async fn a_snapshot_at_another_event_is_not_used(database: &Database) {
    let store = snapped(database).await;
    forge(database).await;
    // As if the stream had been restored to an older state, and gone another way since.
    database.sql("UPDATE {snapshots} SET version = 2").await;
    assert_eq!(loaded(&store).await, truth());
}

async fn a_snapshot_without_its_event_is_not_used(database: &Database) {
    let store = snapped(database).await;
    forge(database).await;
    let other =
        "UPDATE {snapshots} SET event_id = (SELECT event_id FROM {events} WHERE version = 1)";
    assert_eq!(database.sql(other).await, 1);
    assert_eq!(loaded(&store).await, truth());
}

async fn without_snapshots_everything_is_the_same(database: &Database) {
    let store = snapped(database).await;
    assert_eq!(loaded(&store).await, truth());
    database.sql("DELETE FROM {snapshots}").await;
    assert_eq!(loaded(&database.store().await).await, truth());
    let root = store.aggregate::<Ledger>("1");
    let receipt = root.execute(Deposit(1)).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(5));
}

async fn earlier_states_do_not_come_from_a_later_snapshot(database: &Database) {
    let store = snapped(database).await;
    let root = store.aggregate::<Ledger>("1");
    let mut balances = Vec::new();
    for version in 0..=4 {
        let state = root.state_at(AsOf::version(Version::new(version))).await;
        balances.push(state.expect("a state").balance);
    }
    assert_eq!(balances, [0, 1, 11, 111, 1_111]);
    let events = store.stream(&ledger("1")).all().await.expect("readable");
    let second = events[1].recorded();
    for as_of in [
        AsOf::time(second.recorded_at()),
        AsOf::occurred(second.occurred_at()),
    ] {
        assert_eq!(root.state_at(as_of).await.expect("a state").balance, 11);
    }
}

async fn an_event_that_does_not_decode_is_not_hidden_from_readers(database: &Database) {
    let store = snapped(database).await;
    database
        .edit("UPDATE {events} SET payload = '{\"cents\":\"one\"}' WHERE version = 1")
        .await;
    // The snapshot spares reading it; whoever reads it is told.
    assert_eq!(loaded(&store).await, truth());
    let mut events = store.aggregate::<Ledger>("1").events();
    let error = events.next().await.expect_err("it does not fit");
    assert_eq!(error.kind(), annals::ErrorKind::Misfit);
    // An append past the root neither uses nor harms it.
    store
        .append(Append::to(&ledger("1"), Expected::Exists, [deposited(5)]))
        .await
        .expect("stored");
    let loaded = store.aggregate::<Ledger>("1").load().await.expect("loads");
    assert_eq!(loaded.balance, 1_116);
}

mod notes {
    use annals::prelude::*;

    /// Of which JSON loses a part.
    #[derive(Schema, Serialize, Deserialize, Clone)]
    pub(super) struct Note {
        pub(super) text: String,
        #[serde(skip)]
        pub(super) is_loud: bool,
    }

    #[derive(Event, Serialize, Deserialize)]
    #[event("note.taken")]
    pub(super) struct Taken {
        note: Note,
    }

    #[derive(Clone)]
    pub(super) struct Take(pub(super) Note);

    #[derive(Aggregate, Default, Serialize, Deserialize)]
    #[aggregate(name = "notes", events(Taken), snapshot(every = 1))]
    pub(super) struct Notes {
        pub(super) loud: u32,
        pub(super) letters: usize,
    }

    #[aggregate]
    impl Notes {
        fn taken(&mut self, event: Taken) {
            self.loud += u32::from(event.note.is_loud);
            self.letters += event.note.text.len();
        }

        fn take(&self, command: Take) -> Result<Taken, String> {
            Ok(Taken { note: command.0 })
        }
    }
}

async fn a_snapshot_holds_what_was_stored_and_not_what_was_meant(database: &Database) {
    let store = database.store().await;
    let note = notes::Note {
        text: "hush".to_owned(),
        is_loud: true,
    };
    let taken = store
        .aggregate::<notes::Notes>("1")
        .execute(notes::Take(note))
        .await;
    taken.expect("stored");
    store.close().await;
    assert_eq!(database.number("SELECT count(*) FROM {snapshots}").await, 1);
    let store = database.store().await;
    for _ in 0..2 {
        let loaded = store
            .aggregate::<notes::Notes>("1")
            .load()
            .await
            .expect("loads");
        assert_eq!((loaded.loud, loaded.letters), (0, 4));
        // The second time without it.
        database.sql("DELETE FROM {snapshots}").await;
    }
}

/// What another release wrote stays until nobody can need it any more.
async fn releases_side_by_side_keep_their_own(database: &Database) {
    let store = snapped(database).await;
    database
        .sql("UPDATE {snapshots} SET fingerprint = 'of another release'")
        .await;
    let root = store.aggregate::<Ledger>("1");
    root.execute(Deposit(10_000)).await.expect("stored");
    store.close().await;
    assert_eq!(database.number("SELECT count(*) FROM {snapshots}").await, 2);
    let long_ago = "UPDATE {snapshots} SET taken_at = '2001-01-01T00:00:00.000000Z' WHERE fingerprint = 'of another release'";
    assert_eq!(database.sql(long_ago).await, 1);
    let store = database.store().await;
    let root = store.aggregate::<Ledger>("1");
    for _ in 0..3 {
        root.execute(Deposit(1)).await.expect("stored");
    }
    store.close().await;
    assert_eq!(database.number("SELECT count(*) FROM {snapshots}").await, 1);
}
