use std::fmt;

use sqlx::{AssertSqlSafe, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use super::news::News;
use super::{postgres, sqlite};
use crate::error::{Error, ErrorKind};

/// A transaction of the caller's, in which events and rows of the caller's own tables are stored together.
///
/// Begun by [`Store::begin`](crate::Store::begin), or made of a transaction of sqlx's. Dropped without
/// [`Tx::commit`], it is rolled back.
///
/// A stream to which it has appended is held until it ends: other writers of that stream wait. Keep it short.
pub struct Tx {
    pub(crate) inner: TxInner,
    /// Who hears of it when it is committed.
    pub(crate) news: Option<News>,
    /// Whether an append was begun in it and not ended: somebody gave it up on the way, and nobody knows how much of it there is.
    pub(crate) is_torn: bool,
    /// How many savepoints it has had, for their names.
    savepoints: u32,
}

/// A place in a transaction to which it can be rolled back.
#[derive(Debug)]
#[must_use = "a savepoint is released, or rolled back to"]
pub(crate) struct Savepoint {
    number: u32,
}

pub(crate) enum TxInner {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

impl Tx {
    pub(crate) fn of(inner: TxInner) -> Self {
        Tx {
            inner,
            news: None,
            is_torn: false,
            savepoints: 0,
        }
    }

    /// Marks a place to which the transaction can be rolled back. One that is dropped does no harm.
    pub(crate) async fn savepoint(&mut self) -> Result<Savepoint, Error> {
        self.savepoints += 1;
        let number = self.savepoints;
        let sql = format!("savepoint annals_{number}");
        self.run(sql, "begin a savepoint").await?;
        Ok(Savepoint { number })
    }

    /// Keeps what was done since the savepoint.
    pub(crate) async fn release(&mut self, savepoint: &Savepoint) -> Result<(), Error> {
        let Savepoint { number } = savepoint;
        let sql = format!("release savepoint annals_{number}");
        self.run(sql, "release a savepoint").await
    }

    /// Undoes what was done since the savepoint, also where that made the transaction fail.
    pub(crate) async fn roll_back_to(&mut self, savepoint: Savepoint) -> Result<(), Error> {
        let Savepoint { number } = savepoint;
        let sql =
            format!("rollback to savepoint annals_{number}; release savepoint annals_{number}");
        self.run(sql, "roll back to a savepoint").await
    }

    async fn run(&mut self, sql: String, doing: &'static str) -> Result<(), Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match &mut self.inner {
            TxInner::Postgres(tx) => {
                let done = sql.execute(&mut **tx).await;
                done.map(|_| ()).map_err(postgres::during(doing))
            }
            TxInner::Sqlite(tx) => {
                let done = sql.execute(&mut **tx).await;
                done.map(|_| ()).map_err(sqlite::during(doing))
            }
        }
    }

    /// The connection, where the store is on PostgreSQL.
    pub fn as_postgres(&mut self) -> Option<&mut PgConnection> {
        match &mut self.inner {
            TxInner::Postgres(tx) => Some(tx),
            TxInner::Sqlite(_) => None,
        }
    }

    /// The connection, where the store is on SQLite.
    pub fn as_sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match &mut self.inner {
            TxInner::Sqlite(tx) => Some(tx),
            TxInner::Postgres(_) => None,
        }
    }

    /// Makes all of it lasting.
    ///
    /// # Errors
    /// Where an append in it was given up on the way, which leaves nothing of the transaction; where the database refuses, or the
    /// connection is lost: then it is not known whether it was committed.
    pub async fn commit(self) -> Result<(), Error> {
        if self.is_torn {
            self.rollback().await?;
            return Err(Error::new(
                ErrorKind::Database,
                "could not commit a transaction: an append in it was given up on the way, so that all of it was rolled back",
            )
            .with_hint("await `append_in` to its end, or begin another transaction and repeat what was done in this one"));
        }
        let committed = match self.inner {
            TxInner::Postgres(tx) => tx
                .commit()
                .await
                .map_err(postgres::during("commit a transaction")),
            TxInner::Sqlite(tx) => tx
                .commit()
                .await
                .map_err(sqlite::during("commit a transaction")),
        };
        if let Some(news) = self.news {
            news.appended();
        }
        committed
    }

    /// Undoes all of it.
    ///
    /// # Errors
    /// Where the connection is lost, which undoes it too.
    pub async fn rollback(self) -> Result<(), Error> {
        match self.inner {
            TxInner::Postgres(tx) => tx
                .rollback()
                .await
                .map_err(postgres::during("roll back a transaction")),
            TxInner::Sqlite(tx) => tx
                .rollback()
                .await
                .map_err(sqlite::during("roll back a transaction")),
        }
    }
}

impl From<Transaction<'static, Postgres>> for Tx {
    fn from(tx: Transaction<'static, Postgres>) -> Self {
        Tx::of(TxInner::Postgres(tx))
    }
}

impl From<Transaction<'static, Sqlite>> for Tx {
    fn from(tx: Transaction<'static, Sqlite>) -> Self {
        Tx::of(TxInner::Sqlite(tx))
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}
