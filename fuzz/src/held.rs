//! A store in a file, whose rows are edited by hand and put back.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::time::Duration;

use annals::{Append, Expected, Metadata, NewEvent, Store, StreamId};
use sqlx::{AssertSqlSafe, Row};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::domain::{self, Book, BookOpened, BookWritten, Owner, Safe, Write};

/// The tables, each with its key.
pub(crate) const TABLES: [(&str, &str); 13] = [
    ("streams", "tenant, stream"),
    ("events", "position"),
    ("snapshots", "tenant, stream, fingerprint"),
    ("commands", "tenant, stream, key"),
    ("schemas", "event_type, schema_version, amendment"),
    ("projections", "name, version"),
    ("partitions", "projection, version, partition"),
    ("workers", "worker"),
    ("parked", "projection, version, tenant, key, position"),
    ("inline_heads", "projection, version, tenant, stream"),
    ("instances", "process, tenant, id"),
    ("timers", "process, tenant, instance, name"),
    ("deliveries", "process, tenant, instance, version"),
];

/// A store with what it holds before anybody edits it.
pub(crate) struct Held {
    runtime: Runtime,
    /// Where the file lies.
    _folder: TempDir,
    pub(crate) store: Store,
    /// The SQL that puts all rows back.
    restore: String,
}

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

/// Runs on the store of this thread, which is filled the first time, and puts its rows back.
pub(crate) fn with(fill: impl AsyncFnOnce(&Store), run: impl AsyncFnOnce(&Held)) {
    HELD.with_borrow_mut(|held| {
        let held = held.get_or_insert_with(|| Held::new(fill));
        held.runtime.block_on(async {
            run(held).await;
            held.execute(&held.restore)
                .await
                .expect("rows can be put back");
        });
    });
}

impl Held {
    fn new(fill: impl AsyncFnOnce(&Store)) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/held.db", folder.path().display());
        let store = runtime.block_on(async {
            let options = Store::options()
                .warm_bytes(0)
                .lock_timeout(Duration::from_secs(1));
            let store = options.connect(&url).await.expect("a store");
            fill(&store).await;
            store
        });
        // Rows are edited here as an owner of the tables can edit them.
        let mut keep = String::from(
            "drop trigger annals_events_no_update; drop trigger annals_events_no_delete;",
        );
        let mut restore = String::new();
        for (table, _) in TABLES {
            writeln!(
                keep,
                "create table kept_{table} as select * from annals_{table};"
            )
            .expect("text");
            writeln!(
                restore,
                "delete from annals_{table}; insert into annals_{table} select * from kept_{table};"
            )
            .expect("text");
        }
        restore.push_str("update sqlite_sequence set seq = (select coalesce(max(position), 0) from annals_events);");
        let held = Held {
            runtime,
            _folder: folder,
            store,
            restore,
        };
        held.runtime
            .block_on(held.execute(&keep))
            .expect("rows can be kept");
        held
    }

    /// Runs SQL, all of it or nothing.
    pub(crate) async fn execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        let mut tx = self.store.begin().await.expect("a transaction");
        let connection = tx.as_sqlite().expect("a store on SQLite");
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
        match done {
            Ok(_) => tx.commit().await.expect("committed"),
            Err(_) => tx.rollback().await.expect("rolled back"),
        }
        done.map(drop)
    }

    /// The rows of a statement, each as bytes; `None` for null.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<Option<Vec<u8>>>> {
        let mut tx = self.store.begin().await.expect("a transaction");
        let connection = tx.as_sqlite().expect("a store on SQLite");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(connection)
            .await
            .expect("rows");
        tx.rollback().await.expect("rolled back");
        let cells = rows.iter().map(|row| {
            let cells = (0..row.len()).map(|cell| row.try_get_unchecked(cell).expect("bytes"));
            cells.collect()
        });
        cells.collect()
    }
}

/// The stream of a book.
pub(crate) fn book(id: &str) -> StreamId {
    StreamId::new("book", id)
}

/// Books and safes; orders on their way; and a row at least in every table.
pub(crate) async fn filled(store: &Store) {
    let running = domain::app(store.clone()).start().await.expect("it starts");
    let opened = NewEvent::of(&BookOpened {
        owner: Owner::Person {
            name: "Ada".to_owned(),
            born: Some(1815),
        },
        cents: 100,
        rates: [("usual".to_owned(), 0.5)].into(),
    });
    let metadata = Metadata::new()
        .with_actor("ada")
        .with_correlation("c-1")
        .with("n", 0.1);
    let written = |cents| NewEvent::of(&BookWritten { cents }).metadata(metadata.clone());
    let append = Append::to(
        &book("1"),
        Expected::NoStream,
        [opened, written(20), written(3)],
    );
    store.append(append).await.expect("stored");
    for cents in 1..=5 {
        let safe = store.aggregate::<Safe>("1");
        safe.execute(Write(cents))
            .key(format!("{cents}"))
            .await
            .expect("stored");
    }
    store
        .aggregate::<Safe>("1")
        .execute(Write(0))
        .key("none")
        .await
        .expect_err("refused");
    let load = orders::Load {
        orders: 2,
        seed: 1,
        pay_within_ms: 600_000,
    };
    load.prepare(store).await.expect("stored");
    load.place(store).await.expect("stored");
    let app = domain::app(store.clone());
    while annals::process::operate::timers(&app, None, 9)
        .await
        .expect("timers")
        .timers
        .is_empty()
    {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let frontier = store.frontier().await.expect("a position");
    let rows = store
        .read_model::<crate::domain::Sum>()
        .after_position(frontier);
    rows.wait().await.expect("rows");
    assert_eq!(
        store
            .aggregate::<Book>("1")
            .load()
            .await
            .expect("a book")
            .state()
            .cents,
        123
    );
    running.stop().await;
    let mut tx = store.begin().await.expect("a transaction");
    let connection = tx.as_sqlite().expect("a store on SQLite");
    sqlx::raw_sql(RARE)
        .execute(connection)
        .await
        .expect("stored");
    tx.commit().await.expect("committed");
}

/// Rows that are there only while something is wrong, or for a moment.
const RARE: &str = "
insert into annals_parked select 'sums', 1, tenant, stream, position, 0, event_id, stream, event_type, 'why', 2, recorded_at
    from annals_events where stream = 'book-1' and version = 3;
insert into annals_inline_heads values ('sums', 1, '', 'book-1', 2);
insert into annals_deliveries select process, tenant, id, state_version, partition,
    (select event_id from annals_events limit 1), 'inventory.reserve', 'inventory', 'inventory-apple', 3, 'why', updated_at, updated_at
    from annals_instances limit 1;
insert or ignore into annals_workers values ('somebody', '[\"sums_v1\"]', '2100-01-01T00:00:00.000000Z');
";
