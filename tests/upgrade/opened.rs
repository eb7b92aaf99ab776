//! What today's program finds in them, and does with them.

use std::collections::BTreeMap;
use std::time::Duration;

use annals::prelude::*;
use annals::process::operate::{self, Instances, ListedInstance};
use annals::{Append, CommandError, ErrorKind, Expected, NewEvent, Version};
use annals_tests::domain::{Deposit, Deposited, Ledger, Opened, Refusal, Withdraw, ledger};
use annals_tests::options;
use tokio::time::{Instant, sleep};

use crate::domain::{Balance, Courier, Note, Sent, Stamped, app};
use crate::fixture::{Old, RELEASES, in_sqlite, on_postgres};

/// The migration that brought processes.
const PROCESSES: usize = 4;

/// The migration that brought projections.
const PROJECTIONS: usize = 3;

#[test]
fn there_is_a_database_of_each_release() {
    let names: Vec<_> = RELEASES.iter().map(|(name, ..)| *name).collect();
    for store in ["postgres", "sqlite"] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let migrations = root
            .join("runtime/src/store")
            .join(store)
            .join("migrations");
        let files = std::fs::read_dir(migrations).expect("the migrations");
        let files = files.map(|file| file.expect("a file").path());
        let mut found: Vec<_> = files
            .map(|file| file.file_stem().expect("a name").to_owned())
            .collect();
        found.sort();
        assert_eq!(
            found, names,
            "run `cargo run -p annals-tests --bin freeze` before a migration is added"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn databases_of_older_releases_go_on_on_postgres() {
    for old in on_postgres().await {
        if !old.lacks().is_empty() {
            let refused = options().connect(old.database.url()).await;
            let error = refused.expect_err("it is of an older release");
            assert_eq!(error.kind(), ErrorKind::Unmigrated, "{error:?}");
            assert!(
                error
                    .to_string()
                    .contains(&format!("(migration {})", old.number)),
                "{error}"
            );
        }
        goes_on(&old).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn databases_of_older_releases_go_on_in_sqlite() {
    for old in in_sqlite().await {
        goes_on(&old).await;
    }
}

async fn goes_on(old: &Old) {
    let before = old.database.events().await;
    let tables = rows(old).await;
    let names = Store::migrate(old.database.url()).await.expect("migrated");
    assert_eq!(names, old.lacks());
    let after = rows(old).await;
    for (table, rows) in tables {
        if table != "migrations" {
            assert_eq!(after.get(&table), Some(&rows), "{table}");
        }
    }
    let store = app(old.database.url(), options())
        .open()
        .await
        .expect("it opens");
    assert_eq!(old.database.events().await, before);
    all_is_read(old, &store).await;
    commands_are_carried_out(&store).await;
    store.close().await;
    projections_follow(old).await;
    processes_go_on(old).await;
    // It lifts what keeps events, which has to be there by now.
    let changed = old
        .database
        .edit("delete from {events} where version = 0")
        .await;
    assert_eq!(changed, 0);
}

/// How many rows each table has.
async fn rows(old: &Old) -> BTreeMap<String, i64> {
    let (all, prefix) = match old.database.is_postgres() {
        true => (
            "select string_agg(tablename, ' ') from pg_tables where schemaname = 'annals'",
            "annals.",
        ),
        false => (
            "select group_concat(substr(name, 8), ' ') from sqlite_master where type = 'table' and name like 'annals\\_%' escape '\\'",
            "annals_",
        ),
    };
    let mut rows = BTreeMap::new();
    for table in old.database.text(all).await.split(' ') {
        let count = format!("select count(*) from {prefix}{table}");
        rows.insert(table.to_owned(), old.database.number(&count).await);
    }
    rows
}

/// Every event by the feed, in the types of today; each stream, each state, with a snapshot and without.
async fn all_is_read(old: &Old, store: &Store) {
    let (mut opened, mut cents, mut notes, mut parcels) = (0, Vec::new(), Vec::new(), 0);
    for store in [store, &store.tenant("acme")] {
        let page = store.feed().read().await.expect("read");
        for event in page.events() {
            opened += usize::from(event.decode::<Opened>().expect("read").is_some());
            cents.extend(event.decode::<Deposited>().expect("read"));
            notes.extend(event.decode::<Note>().expect("read"));
            parcels += usize::from(event.decode::<Sent>().expect("read").is_some());
            parcels += usize::from(event.decode::<Stamped>().expect("read").is_some());
        }
    }
    let cents: Vec<_> = cents.iter().map(|event| event.cents).collect();
    assert_eq!((opened, cents), (3, vec![5, 6, 7, 8, 13, 40]));
    let note = Note {
        text: "as it was".to_owned(),
        lines: 1,
    };
    assert_eq!(notes, [note], "of version 1");
    assert_eq!(parcels, if old.number < PROCESSES { 2 } else { 3 });
    let ada = store.stream(&ledger("1")).all().await.expect("read");
    assert_eq!(ada[1].recorded().metadata().actor(), Some("ada"));
    for (store, id, balance) in [
        (store, "1", 26),
        (store, "2", 13),
        (&store.tenant("acme"), "1", 40),
    ] {
        let state = store.aggregate::<Ledger>(id).load().await.expect("loads");
        assert_eq!(state.balance, balance);
    }
    assert_eq!(
        old.database
            .number("select count(*) from {snapshots}")
            .await,
        1
    );
}

async fn commands_are_carried_out(store: &Store) {
    let root = store.aggregate::<Ledger>("1");
    // What was sent once is answered as it was then.
    let again = root
        .execute(Deposit(5))
        .key("deposit-0")
        .await
        .expect("the first answer");
    assert_eq!(again.version(), Version::new(2));
    let again = root.execute(Withdraw(1)).key("too-much").await;
    let Err(CommandError::Rejected(refusal)) = again else {
        panic!("{again:?}")
    };
    assert_eq!(refusal, Refusal::Insufficient { missing: 73 });
    let receipt = root.execute(Withdraw(6)).key("new").await.expect("stored");
    assert_eq!(receipt.version(), Version::new(6));
    assert_eq!(root.load().await.expect("loads").balance, 20);
}

async fn projections_follow(old: &Old) {
    let running = app(old.database.url(), options())
        .start()
        .await
        .expect("it starts");
    let store = running.store();
    let receipt = store
        .aggregate::<Ledger>("1")
        .execute(Deposit(100))
        .await
        .expect("stored");
    let rows = store
        .read_model::<Balance>()
        .after(&receipt)
        .timeout(Duration::from_secs(60));
    let row = rows.get("1").await.expect("it follows").expect("a row");
    // Withdrawals are none of its business.
    assert_eq!(row.cents, 126);
    let acme = store.tenant("acme");
    let row = acme.read_model::<Balance>().get("1").await.expect("read");
    assert_eq!(row.map(|row| row.cents), Some(40));
    running.stop().await;
    // What was parked is still, or is again where the rows were made anew.
    assert_eq!(
        old.database.number("select count(*) from {parked}").await,
        1
    );
    let projections = old
        .database
        .number("select count(*) from {projections} where name = 'balances'")
        .await;
    assert_eq!(projections, 1, "since {PROJECTIONS} or now");
}

async fn processes_go_on(old: &Old) {
    let app = app(old.database.url(), options());
    let running = app.start().await.expect("it starts");
    let parcel = StreamId::new("parcel", "7");
    let append = Append::to(&parcel, Expected::Exists, [NewEvent::of(&Sent {})]);
    running.store().append(append).await.expect("stored");
    // It reacts to the parcel. A stamp is accepted once; each later one is refused, which is a step more.
    let steps = if old.number < PROCESSES { 1 } else { 5 };
    let instance = stepped(&app, steps).await;
    assert_eq!((instance.id.as_str(), instance.parked), ("7", 0));
    let timers = operate::timers(&app, Some("courier"), 10)
        .await
        .expect("listed");
    assert_eq!(timers.timers.len(), 1);
    let story = operate::show(&app, "courier", "", "7").await.expect("told");
    let mut states = story
        .entries
        .iter()
        .filter_map(|entry| entry.event.decode::<Courier>().expect("read"));
    let expected = if old.number < PROCESSES {
        (1, 0)
    } else {
        (3, 2)
    };
    assert_eq!(
        states.next_back().map(|state| (state.sent, state.refused)),
        Some(expected)
    );
    running.stop().await;
}

/// The one instance, once it has taken its steps and nothing of it is on the way.
async fn stepped(app: &annals::App, steps: u64) -> ListedInstance {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let all = operate::list(app, &Instances::default(), 10)
            .await
            .expect("listed");
        let found = all.iter().find(|it| it.steps == steps && it.pending == 0);
        if let Some(found) = found {
            return found.clone();
        }
        assert!(Instant::now() < deadline, "{steps}: {all:#?}");
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_database_of_a_later_release_is_refused() {
    for mut all in [on_postgres().await, in_sqlite().await] {
        let old = all.pop().expect("of this release");
        let later = RELEASES.len() + 1;
        let sql = format!("insert into {{migrations}} (number, name) values ({later}, 'later')");
        old.database.sql(&sql).await;
        let refused = app(old.database.url(), options()).open().await;
        let error = refused.expect_err("it is newer");
        assert_eq!(error.kind(), ErrorKind::NewerDatabase, "{error:?}");
        assert!(
            error
                .to_string()
                .contains("to migration 7, while this release knows 6"),
            "{error}"
        );
        assert_eq!(error.hint(), Some("run the newer release"));
    }
}
