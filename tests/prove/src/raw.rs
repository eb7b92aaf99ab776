//! SQL past annals.

use std::str::FromStr;
use std::time::Duration;

use annals_tests::append_only::without_append_only;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, FromRow};

/// A connection on which statements are run as they are written. `{events}` stands for the table of that name, which the two
/// stores call differently.
#[derive(Debug)]
pub(crate) enum Raw {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Whether an address is one of PostgreSQL.
pub(crate) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres")
}

/// The statement as a store understands it.
pub(crate) fn spelled(sql: &str, is_postgres: bool) -> String {
    let prefix = if is_postgres { "annals." } else { "annals_" };
    let mut spelled = sql.to_owned();
    for table in [
        "events",
        "streams",
        "snapshots",
        "commands",
        "partitions",
        "parked",
    ] {
        spelled = spelled.replace(&format!("{{{table}}}"), &format!("{prefix}{table}"));
    }
    spelled.replace("{model}", if is_postgres { "annals." } else { "" })
}

impl Raw {
    pub(crate) async fn open(url: &str) -> Result<Self, sqlx::Error> {
        if is_postgres(url) {
            let options = PgConnectOptions::from_str(url)?;
            let mut raw = Raw::Postgres(options.connect().await?);
            // The server's default is to answer before a commit is safe.
            raw.sql("set synchronous_commit = on").await?;
            return Ok(raw);
        }
        let options = SqliteConnectOptions::from_str(url)?.busy_timeout(Duration::from_secs(10));
        Ok(Raw::Sqlite(options.connect().await?))
    }

    /// Runs statements, and tells how many rows they changed.
    pub(crate) async fn sql(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = self.spelled(sql);
        Ok(match self {
            Raw::Postgres(it) => {
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(it).await?;
                done.rows_affected()
            }
            Raw::Sqlite(it) => {
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(it).await?;
                done.rows_affected()
            }
        })
    }

    /// Changes or deletes events, which the tables refuse otherwise.
    pub(crate) async fn edit(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let (lift, restore) = without_append_only(matches!(self, Raw::Postgres(_)));
        self.sql(lift).await?;
        let rows = self.sql(sql).await?;
        self.sql(restore).await?;
        Ok(rows)
    }

    /// Runs a query.
    pub(crate) async fn rows<T>(&mut self, sql: &str) -> Result<Vec<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        let sql = AssertSqlSafe(self.spelled(sql));
        match self {
            Raw::Postgres(it) => sqlx::query_as(sql).fetch_all(it).await,
            Raw::Sqlite(it) => sqlx::query_as(sql).fetch_all(it).await,
        }
    }

    pub(crate) async fn close(self) {
        let _ = match self {
            Raw::Postgres(it) => it.close().await,
            Raw::Sqlite(it) => it.close().await,
        };
    }

    fn spelled(&self, sql: &str) -> String {
        spelled(sql, matches!(self, Raw::Postgres(_)))
    }
}
