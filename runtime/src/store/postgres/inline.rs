//! Keeps how far inline projections have come with each stream.

use std::sync::Arc;

use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::{Postgres, during};
use crate::error::Error;
use crate::store::projections::InlineHead;

/// In one order, so that two transactions never wait for each other in a circle.
/// A stream of which nothing is kept is held too: whoever else comes to it waits.
const BEGIN: &str = "
insert into {schema}.inline_heads (projection, version, tenant, stream, stream_version)
select $1, $2, w.tenant, w.stream, 0
from unnest($3::text[], $4::text[]) as w (tenant, stream)
order by w.tenant, w.stream
on conflict do nothing
";

const FIND: &str = "
select h.tenant, h.stream, h.stream_version
from {schema}.inline_heads h
join unnest($3::text[], $4::text[]) as w (tenant, stream) on h.tenant = w.tenant and h.stream = w.stream
where h.projection = $1 and h.version = $2
order by h.tenant, h.stream
for update of h
";

const LOOK: &str = "
select stream_version from {schema}.inline_heads where projection = $1 and version = $2 and tenant = $3 and stream = $4
";

const SET: &str = "
insert into {schema}.inline_heads (projection, version, tenant, stream, stream_version)
select $1, $2, w.tenant, w.stream, w.stream_version
from unnest($3::text[], $4::text[], $5::bigint[]) as w (tenant, stream, stream_version)
order by w.tenant, w.stream
on conflict (projection, version, tenant, stream) do update set stream_version = excluded.stream_version
";

impl Postgres {
    /// How far the projection has come with these streams, where it has begun; held until the transaction ends.
    pub(crate) async fn inline_heads(
        &self,
        connection: &mut PgConnection,
        projection: &str,
        version: u32,
        places: &[(Arc<str>, String)],
    ) -> Result<Vec<InlineHead>, Error> {
        let during = during("look how far an inline projection has come");
        let tenants: Vec<&str> = places.iter().map(|(tenant, _)| &**tenant).collect();
        let streams: Vec<&str> = places.iter().map(|(_, stream)| stream.as_str()).collect();
        let begin = sqlx::query(self.spelled(BEGIN))
            .bind(projection)
            .bind(i64::from(version))
            .bind(&tenants)
            .bind(&streams);
        begin.execute(&mut *connection).await.map_err(&during)?;
        let rows = sqlx::query(self.spelled(FIND))
            .bind(projection)
            .bind(i64::from(version))
            .bind(tenants)
            .bind(streams)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let rows = rows.iter().map(|row| {
            Ok(InlineHead {
                tenant: Arc::from(row.try_get::<&str, _>(0)?),
                stream: row.try_get(1)?,
                version: row.try_get(2)?,
            })
        });
        rows.collect::<Result<_, sqlx::Error>>().map_err(during)
    }

    /// How far the projection has come with a stream, as it was committed last.
    pub(crate) async fn inline_head(
        &self,
        projection: &str,
        version: u32,
        tenant: &str,
        stream: &str,
    ) -> Result<i64, Error> {
        const DOING: &str = "look how far an inline projection has come";
        let mut connection = self.acquire(DOING).await?;
        let head: Option<i64> = sqlx::query_scalar(self.spelled(LOOK))
            .bind(projection)
            .bind(i64::from(version))
            .bind(tenant)
            .bind(stream)
            .fetch_optional(&mut *connection)
            .await
            .map_err(during(DOING))?;
        Ok(head.unwrap_or_default())
    }

    pub(crate) async fn set_inline_heads(
        &self,
        connection: &mut PgConnection,
        projection: &str,
        version: u32,
        heads: &[InlineHead],
    ) -> Result<(), Error> {
        let tenants: Vec<&str> = heads.iter().map(|head| &*head.tenant).collect();
        let streams: Vec<&str> = heads.iter().map(|head| head.stream.as_str()).collect();
        let versions: Vec<i64> = heads.iter().map(|head| head.version).collect();
        let query = sqlx::query(self.spelled(SET))
            .bind(projection)
            .bind(i64::from(version))
            .bind(tenants)
            .bind(streams)
            .bind(versions);
        self.run(
            connection,
            query,
            "keep how far an inline projection has come",
        )
        .await
    }
}
