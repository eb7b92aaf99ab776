//! Lists streams.

use super::{Sqlite, during};
use crate::error::Error;

impl Sqlite {
    /// The tenant that comes after a given one; the first one after none.
    pub(crate) async fn tenant_after(&self, after: Option<&str>) -> Result<Option<String>, Error> {
        sqlx::query_scalar(
            "select tenant from annals_streams where ?1 is null or tenant > ?1 order by tenant limit 1",
        )
        .bind(after)
        .fetch_optional(&self.readers)
        .await
        .map_err(during("list tenants"))
    }

    /// The names of an aggregate's streams that come after a given one.
    pub(crate) async fn streams(
        &self,
        tenant: &str,
        aggregate: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        sqlx::query_scalar(
            "select stream from annals_streams
             where tenant = ? and aggregate = ? and stream > ? and version > 0 order by stream limit ?",
        )
        .bind(tenant)
        .bind(aggregate)
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(during("list streams"))
    }
}
