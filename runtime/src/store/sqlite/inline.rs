//! Keeps how far inline projections have come with each stream.

use std::sync::Arc;

use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::projections::run;
use super::{Sqlite, during};
use crate::error::Error;
use crate::store::projections::InlineHead;

impl Sqlite {
    /// How far the projection has come with these streams, where it has begun.
    pub(crate) async fn inline_heads(
        &self,
        connection: &mut SqliteConnection,
        projection: &str,
        version: u32,
        places: &[(Arc<str>, String)],
    ) -> Result<Vec<InlineHead>, Error> {
        let during = during("look how far an inline projection has come");
        let places = places
            .iter()
            .map(|(tenant, stream)| json!([**tenant, stream]));
        let rows = sqlx::query(
            "select tenant, stream, stream_version from annals_inline_heads
             where projection = ?1 and version = ?2 and (tenant, stream) in (
                 select value ->> 0, value ->> 1 from json_each(?3)
             )
             order by tenant, stream",
        )
        .bind(projection)
        .bind(version)
        .bind(serde_json::Value::from_iter(places).to_string())
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
        let head: Option<i64> = sqlx::query_scalar(
            "select stream_version from annals_inline_heads
             where projection = ? and version = ? and tenant = ? and stream = ?",
        )
        .bind(projection)
        .bind(version)
        .bind(tenant)
        .bind(stream)
        .fetch_optional(&self.readers)
        .await
        .map_err(during("look how far an inline projection has come"))?;
        Ok(head.unwrap_or_default())
    }

    pub(crate) async fn set_inline_heads(
        &self,
        connection: &mut SqliteConnection,
        projection: &str,
        version: u32,
        heads: &[InlineHead],
    ) -> Result<(), Error> {
        let heads = heads
            .iter()
            .map(|head| json!([*head.tenant, head.stream, head.version]));
        // `where true` tells the parser that `on conflict` belongs to no join.
        let query = sqlx::query(
            "insert into annals_inline_heads (projection, version, tenant, stream, stream_version)
             select ?1, ?2, value ->> 0, value ->> 1, value ->> 2 from json_each(?3) where true
             on conflict (projection, version, tenant, stream) do update set stream_version = excluded.stream_version",
        )
        .bind(projection)
        .bind(version)
        .bind(serde_json::Value::from_iter(heads).to_string());
        run(
            connection,
            query,
            "keep how far an inline projection has come",
        )
        .await
    }
}
