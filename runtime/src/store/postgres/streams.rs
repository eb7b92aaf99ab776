//! Lists streams.

use sqlx::postgres::PgConnection;

use super::{Postgres, during, statement};
use crate::error::Error;
use crate::stream::StreamId;

pub(super) const STREAMS: &str = "
select stream from {schema}.streams
where tenant = $1 and aggregate = $2 and stream > $3 and version > 0
order by stream
limit $4
";

/// The next one by name, which the primary key finds without reading the streams of the one before.
pub(super) const TENANTS: &str = "
select tenant from {schema}.streams
where $1::text is null or tenant > $1
order by tenant
limit 1
";

impl Postgres {
    /// Keeps others from writing to a stream, where there is one, until the transaction ends.
    pub(crate) async fn hold(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        stream: &StreamId,
    ) -> Result<(), Error> {
        let hold = self.spelled(
            "select from {schema}.streams where tenant = $1 and stream = $2 for no key update",
        );
        let query = sqlx::query(hold).bind(tenant).bind(stream.as_str());
        self.run(connection, query, "hold a stream").await
    }

    /// The tenant that comes after a given one; the first one after none.
    pub(crate) async fn tenant_after(&self, after: Option<&str>) -> Result<Option<String>, Error> {
        const DOING: &str = "list tenants";
        let mut connection = self.acquire(DOING).await?;
        sqlx::query_scalar(statement(&self.sql.tenants))
            .bind(after)
            .fetch_optional(&mut *connection)
            .await
            .map_err(during(DOING))
    }

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
