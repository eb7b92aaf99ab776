//! Lists streams.

use super::{Sqlite, during};
use crate::error::Error;

impl Sqlite {
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
