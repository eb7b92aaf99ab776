//! Fresh databases, one for each test.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use annals::{Store, StoreOptions};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;

use crate::append_only::without_append_only;
use crate::server;

const FILE: &str = "test.db";
const TABLES: [&str; 14] = [
    "events",
    "streams",
    "snapshots",
    "commands",
    "schemas",
    "projections",
    "partitions",
    "workers",
    "parked",
    "inline_heads",
    "instances",
    "timers",
    "deliveries",
    "migrations",
];

/// A database of a test's own, dropped with the value.
#[derive(Debug)]
pub struct Database {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Shared { name: String },
    Elsewhere,
    File { folder: TempDir },
}

/// How the tests open a store: the events that they declare are in no lock.
pub fn options() -> StoreOptions {
    Store::options().drafts(true)
}

/// A fresh database on the PostgreSQL server that the tests of this process share, migrated.
pub async fn postgres() -> Database {
    let database = empty_postgres().await;
    Store::migrate(database.url())
        .await
        .expect("the migrations run");
    database
}

/// A fresh database on the shared PostgreSQL server, with nothing in it.
pub async fn empty_postgres() -> Database {
    let name = format!("annals_{}", unique());
    admin(&format!("CREATE DATABASE {name}")).await;
    Database {
        url: server::url(&name),
        place: Place::Shared { name },
    }
}

/// A fresh SQLite file.
#[allow(clippy::unused_async, reason = "called like `postgres()`")]
pub async fn sqlite() -> Database {
    let folder = tempfile::Builder::new()
        .prefix("annals-sqlite-")
        .tempdir()
        .expect("a temporary folder");
    Database {
        url: format!("sqlite://{}", folder.path().join(FILE).display()),
        place: Place::File { folder },
    }
}

/// A name that no other has.
#[must_use]
pub fn unique() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

async fn admin(statement: &str) {
    let mut connection = PgConnection::connect(&server::admin_url())
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", server::admin_url()));
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
    connection.close().await.expect("the connection closes");
}

impl Database {
    /// A database that somebody else made and drops.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Database {
            url: url.into(),
            place: Place::Elsewhere,
        }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it is one of PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// The SQLite file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        match &self.place {
            Place::File { folder } => folder.path().join(FILE),
            _ => panic!("{} is no SQLite file", self.url),
        }
    }

    /// A store on it for the events of the tests, which are drafts.
    pub async fn store(&self) -> Store {
        self.open(options()).await
    }

    /// A store on it, opened with the given options.
    pub async fn open(&self, options: StoreOptions) -> Store {
        options
            .connect(&self.url)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", self.url))
    }

    /// A connection past the store. In SQL by hand, `{events}` stands for the table of that name, which the two stores
    /// call differently.
    pub async fn connection(&self) -> Hand {
        if self.is_postgres() {
            let connection = PgConnectOptions::from_str(&self.url)
                .expect("the url is one of PostgreSQL")
                .connect()
                .await
                .expect("the database lets us in");
            Hand::Postgres(connection)
        } else {
            let connection = SqliteConnectOptions::new()
                .filename(self.file())
                .busy_timeout(Duration::from_secs(10))
                .connect()
                .await
                .expect("the file opens");
            Hand::Sqlite(connection)
        }
    }

    /// Runs SQL by hand, past the store, and tells how many rows it changed.
    pub async fn sql(&self, sql: &str) -> u64 {
        let mut hand = self.connection().await;
        let rows = hand.sql(sql).await;
        hand.close().await;
        rows
    }

    /// Changes or deletes events by hand in the documented way: the triggers that keep them are off meanwhile, in one
    /// transaction. Tells how many rows it changed.
    pub async fn edit(&self, sql: &str) -> u64 {
        let (lift, restore) = without_append_only(self.is_postgres());
        let mut hand = self.connection().await;
        hand.sql(lift).await;
        let rows = hand.sql(sql).await;
        hand.sql(restore).await;
        hand.close().await;
        rows
    }

    /// Runs a query by hand whose answer is one number.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut hand = self.connection().await;
        let number = hand.number(sql).await;
        hand.close().await;
        number
    }

    /// Runs a query by hand whose answer is one text.
    pub async fn text(&self, sql: &str) -> String {
        let mut hand = self.connection().await;
        let text = hand.text(sql).await;
        hand.close().await;
        text
    }

    /// Adds so many tenants by hand, named `tenant-1` and so on, each with a stream of an aggregate `other`.
    pub async fn add_tenants(&self, count: u64) {
        let time = match self.is_postgres() {
            true => "now()",
            false => "'2026-01-01T00:00:00.000000Z'",
        };
        let tenants = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO {{streams}} (tenant, stream, aggregate, version, recorded_at)
             SELECT 'tenant-' || i, 'other-1', 'other', 1, {time} FROM n"
        );
        assert_eq!(self.sql(&tenants).await, count);
    }

    /// The number of stored events.
    pub async fn events(&self) -> i64 {
        self.number("SELECT count(*) FROM {events}").await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match &self.place {
            // A folder removes itself.
            Place::Elsewhere | Place::File { .. } => {}
            Place::Shared { name } => {
                let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                // On a thread of its own: a test's runtime cannot wait for itself.
                let dropped = std::thread::spawn(move || {
                    tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .expect("a runtime")
                        .block_on(admin(&statement));
                })
                .join();
                assert!(
                    dropped.is_ok() || std::thread::panicking(),
                    "the database {name} is dropped"
                );
            }
        }
    }
}

/// A connection past the store.
#[derive(Debug)]
pub enum Hand {
    /// To PostgreSQL.
    Postgres(PgConnection),
    /// To a SQLite file.
    Sqlite(SqliteConnection),
}

impl Hand {
    fn spell(&self, sql: &str) -> String {
        let mut spelled = sql.to_owned();
        for table in TABLES {
            let name = match self {
                Hand::Postgres(_) => format!("annals.{table}"),
                Hand::Sqlite(_) => format!("annals_{table}"),
            };
            spelled = spelled.replace(&format!("{{{table}}}"), &name);
        }
        spelled
    }

    /// Runs SQL and tells how many rows it changed.
    pub async fn sql(&mut self, sql: &str) -> u64 {
        let sql = self.spell(sql);
        match self {
            Hand::Postgres(it) => {
                let done = sqlx::raw_sql(AssertSqlSafe(&*sql)).execute(it).await;
                done.map(|done| done.rows_affected())
            }
            Hand::Sqlite(it) => {
                let done = sqlx::raw_sql(AssertSqlSafe(&*sql)).execute(it).await;
                done.map(|done| done.rows_affected())
            }
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Runs a query whose answer is one number.
    pub async fn number(&mut self, sql: &str) -> i64 {
        let sql = self.spell(sql);
        match self {
            Hand::Postgres(it) => sqlx::query_scalar(AssertSqlSafe(&*sql)).fetch_one(it).await,
            Hand::Sqlite(it) => sqlx::query_scalar(AssertSqlSafe(&*sql)).fetch_one(it).await,
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Runs a query whose answer is one text.
    pub async fn text(&mut self, sql: &str) -> String {
        let sql = self.spell(sql);
        match self {
            Hand::Postgres(it) => sqlx::query_scalar(AssertSqlSafe(&*sql)).fetch_one(it).await,
            Hand::Sqlite(it) => sqlx::query_scalar(AssertSqlSafe(&*sql)).fetch_one(it).await,
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Ends the connection, and waits for the end.
    pub async fn close(self) {
        match self {
            Hand::Postgres(it) => it.close().await,
            Hand::Sqlite(it) => it.close().await,
        }
        .expect("the connection closes");
    }
}
