//! Lists streams.

use super::{Postgres, during, statement};
use crate::error::Error;

pub(super) const STREAMS: &str = "
select stream from {schema}.streams
where tenant = $1 and aggregate = $2 and stream > $3 and version > 0
order by stream
limit $4
";

impl Postgres {
    /// The names of an aggregate's streams that come after a given one.
    pub(crate) async fn streams(
        &self,
        tenant: &str,
        aggregate: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        const DOING: &str = "list streams";
        let mut connection = self.acquire(DOING).await?;
        sqlx::query_scalar(statement(&self.sql.streams))
            .bind(tenant)
            .bind(aggregate)
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))
    }
}
