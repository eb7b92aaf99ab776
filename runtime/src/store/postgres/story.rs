//! Reads what is stored of a stream beside its events.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{OF_ONE_MOMENT, Postgres, during};
use crate::error::Error;
use crate::store::stream_row::{EventCount, SnapshotRow, StreamRow};

const DOING: &str = "look at a stream";

const ROW: &str = "
select aggregate, version, archived from {schema}.streams where tenant = $1 and stream = $2 and version > 0
";

const COUNTS: &str = "
select event_type, schema_version, count(*) as events, min(recorded_at) as first, max(recorded_at) as last
from {schema}.events
where tenant = $1 and stream = $2
group by event_type, schema_version
order by event_type, schema_version
";

const SNAPSHOTS: &str = "
select n.version, n.fingerprint, n.taken_at, octet_length(n.state::text)::bigint as bytes,
       exists (
           select from {schema}.events e
           where e.tenant = n.tenant and e.stream = n.stream and e.version = n.version and e.event_id = n.event_id
       ) as stands
from {schema}.snapshots n
where n.tenant = $1 and n.stream = $2
order by n.version, n.fingerprint
";

impl Postgres {
    /// What is stored of a stream, by its whole name.
    pub(crate) async fn stream_row(
        &self,
        tenant: &str,
        stream: &str,
    ) -> Result<Option<StreamRow>, Error> {
        let during = during(DOING);
        let mut transaction = self.reach.begin(Some(OF_ONE_MOMENT), DOING).await?;
        let row = sqlx::query(self.spelled(ROW))
            .bind(tenant)
            .bind(stream)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(&during)?;
        let Some(row) = row else { return Ok(None) };
        let counts = sqlx::query(self.spelled(COUNTS))
            .bind(tenant)
            .bind(stream)
            .fetch_all(&mut *transaction)
            .await
            .map_err(&during)?;
        let snapshots = sqlx::query(self.spelled(SNAPSHOTS))
            .bind(tenant)
            .bind(stream)
            .fetch_all(&mut *transaction)
            .await
            .map_err(&during)?;
        let read = || -> Result<StreamRow, sqlx::Error> {
            let firsts = counts.iter().map(|row| row.try_get("first"));
            let firsts = firsts.collect::<Result<Vec<DateTime<Utc>>, _>>()?;
            let lasts = counts.iter().map(|row| row.try_get("last"));
            let lasts = lasts.collect::<Result<Vec<DateTime<Utc>>, _>>()?;
            Ok(StreamRow {
                aggregate: row.try_get("aggregate")?,
                version: row.try_get("version")?,
                archived: row.try_get("archived")?,
                first_and_last: firsts.into_iter().min().zip(lasts.into_iter().max()),
                counts: counts.iter().map(event_count).collect::<Result<_, _>>()?,
                snapshots: snapshots.iter().map(snapshot).collect::<Result<_, _>>()?,
            })
        };
        read().map(Some).map_err(&during)
    }

    /// The aggregate to which a stream belongs, by the whole name of the stream.
    pub(crate) async fn aggregate_of(
        &self,
        tenant: &str,
        stream: &str,
    ) -> Result<Option<String>, Error> {
        let mut connection = self.acquire(DOING).await?;
        let aggregate = sqlx::query_scalar(self.spelled(ROW))
            .bind(tenant)
            .bind(stream)
            .fetch_optional(&mut *connection)
            .await;
        aggregate.map_err(during(DOING))
    }
}

/// A number of events, from columns of these names.
pub(super) fn event_count(row: &PgRow) -> Result<EventCount, sqlx::Error> {
    Ok(EventCount {
        event_type: row.try_get("event_type")?,
        schema_version: row.try_get::<i32, _>("schema_version")?.unsigned_abs(),
        events: row.try_get::<i64, _>("events")?.unsigned_abs(),
    })
}

fn snapshot(row: &PgRow) -> Result<SnapshotRow, sqlx::Error> {
    Ok(SnapshotRow {
        version: row.try_get("version")?,
        fingerprint: row.try_get("fingerprint")?,
        taken_at: row.try_get("taken_at")?,
        bytes: row.try_get("bytes")?,
        stands: row.try_get("stands")?,
    })
}
