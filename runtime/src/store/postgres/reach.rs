//! How the server is reached.

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{Postgres as Db, SqlSafeStr, Transaction};

use super::kept::Kept;
use super::{during, errors};
use crate::error::{Error, ErrorKind};

/// The connections of a store.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) pool: PgPool,
    pub(super) kept: Kept,
}

impl Reach {
    /// A connection for something that annals is about to do.
    pub(super) async fn acquire(&self, doing: &'static str) -> Result<PoolConnection<Db>, Error> {
        self.pool.acquire().await.map_err(|error| match error {
            // A pool that cannot open any connection goes on trying, and then says only that time is up.
            sqlx::Error::PoolTimedOut if self.pool.size() == 0 => errors::silent(doing),
            error => during(doing)(error),
        })
    }

    /// A connection for what commands wait for. Where its statement goes through, it is put with those that are kept.
    pub(super) async fn kept_or_acquire(
        &self,
        doing: &'static str,
    ) -> Result<PoolConnection<Db>, Error> {
        match self.kept.take() {
            Some(connection) => Ok(connection),
            None => self.acquire(doing).await,
        }
    }

    /// A transaction, begun by a statement of its own where it is not the usual one.
    ///
    /// It is begun by a task that goes on where its caller gives up. sqlx knows nothing of a transaction that the server has begun
    /// before it was told so: the connection would go back into the pool with it, and what others store through it would be lost
    /// with it after it was answered.
    pub(super) async fn begin(
        &self,
        statement: Option<&'static str>,
        doing: &'static str,
    ) -> Result<Transaction<'static, Db>, Error> {
        let connection = self.acquire(doing).await?;
        let statement = statement.map(SqlSafeStr::into_sql_str);
        match tokio::spawn(Transaction::begin(connection, statement)).await {
            Ok(begun) => begun.map_err(during(doing)),
            Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
            Err(_) => Err(Error::new(
                ErrorKind::Closed,
                format!("could not {doing}: the Tokio runtime is ending"),
            )),
        }
    }

    pub(super) async fn close(&self) {
        self.kept.close();
        self.pool.close().await;
    }
}
