//! How the server is reached.

use sqlx::Postgres as Db;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;

use super::kept::Kept;
use super::{during, errors};
use crate::error::Error;

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

    pub(super) async fn close(&self) {
        self.kept.close();
        self.pool.close().await;
    }
}
