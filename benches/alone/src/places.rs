//! Stores to measure in: as durable as those that hold facts, and gone afterwards.

use std::sync::Arc;

use annals::Store;
use annals_tests::databases::unique;
use annals_tests::{Cluster, Database, Setup};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A PostgreSQL server with default durability: of this process alone, or that of DATABASE_URL.
#[derive(Debug)]
pub struct Server {
    own: Option<Arc<Cluster>>,
}

impl Server {
    /// Starts one, where DATABASE_URL names none.
    #[must_use]
    pub fn start() -> Self {
        let is_given = std::env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty());
        let own = (!is_given).then(|| {
            // That of `benches/peers`: the figures are to be held against each other.
            let cluster = Setup::default()
                .set("fsync", "on")
                .set("full_page_writes", "on")
                .set("synchronous_commit", "on")
                .set("shared_buffers", "1GB")
                .set("max_wal_size", "8GB")
                .set("jit", "off")
                .start();
            Arc::new(cluster)
        });
        Server { own }
    }

    /// An empty store in a database of its own.
    pub async fn postgres(&self) -> Place {
        let database = match &self.own {
            None => annals_tests::postgres().await,
            Some(cluster) => {
                let name = format!("annals_{}", unique());
                make(&cluster.url("postgres"), &name).await;
                let url = cluster.url(&name);
                Store::migrate(&url).await.expect("the migrations run");
                Database::at(url)
            }
        };
        assert_durable(database.url()).await;
        Place {
            name: "PostgreSQL",
            database,
            _server: self.own.clone(),
        }
    }

    /// An empty store of each kind.
    pub async fn places(&self) -> [Place; 2] {
        [self.postgres().await, sqlite().await]
    }
}

/// An empty store in a file.
pub async fn sqlite() -> Place {
    let database = annals_tests::sqlite().await;
    // The file has its tables once it was opened.
    database.store().await.close().await;
    Place {
        name: "SQLite",
        database,
        _server: None,
    }
}

async fn make(url: &str, name: &str) {
    let mut admin = PgConnection::connect(url)
        .await
        .expect("the server lets us in");
    sqlx::raw_sql(AssertSqlSafe(format!("create database {name}")))
        .execute(&mut admin)
        .await
        .expect("the database is made");
    admin.close().await.expect("the connection closes");
}

/// A server that does not wait for its disk would make every figure too good.
async fn assert_durable(url: &str) {
    let mut connection = PgConnection::connect(url)
        .await
        .expect("the server lets us in");
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let value: String = sqlx::query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(&mut connection)
            .await
            .expect("the setting is known");
        assert_eq!(
            value, "on",
            "`{setting}` of the server: measure on one with default durability"
        );
    }
    connection.close().await.expect("the connection closes");
}

/// A database in which is measured.
#[derive(Debug)]
pub struct Place {
    name: &'static str,
    database: Database,
    /// Kept: it stops with the last value.
    _server: Option<Arc<Cluster>>,
}

impl Place {
    /// Of which kind it is.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The database, for SQL past the store.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What autovacuum does within a minute: from here on, plans are made for tables with something in them. Until then PostgreSQL
    /// may read the whole of a table that was empty when it looked.
    pub async fn settle(&self) {
        if self.database.is_postgres() {
            self.database.sql("vacuum analyze").await;
        }
    }

    /// The store as a program opens it. Drafts: the events of a measurement are in no schema lock.
    pub async fn store(&self) -> Store {
        self.database.store().await
    }
}
