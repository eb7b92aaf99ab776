//! Reads what is stored of a stream beside its events.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::stream_row::{EventCount, SnapshotRow, StreamRow};

const DOING: &str = "look at a stream";

const ROW: &str = "
select aggregate, version, archived from annals_streams where tenant = ? and stream = ? and version > 0
";

const COUNTS: &str = "
select event_type, schema_version, count(*), min(recorded_at), max(recorded_at)
from annals_events
where tenant = ? and stream = ?
group by event_type, schema_version
order by event_type, schema_version
";

const SNAPSHOTS: &str = "
select n.version, n.fingerprint, n.taken_at, length(cast(n.state as blob)),
       exists (
           select 1 from annals_events e
           where e.tenant = n.tenant and e.stream = n.stream and e.version = n.version and e.event_id = n.event_id
       )
from annals_snapshots n
where n.tenant = ? and n.stream = ?
order by n.version, n.fingerprint
";

impl Sqlite {
    /// What is stored of a stream, by its whole name.
    pub(crate) async fn stream_row(
        &self,
        tenant: &str,
        stream: &str,
    ) -> Result<Option<StreamRow>, Error> {
        let during = during(DOING);
        // All of it is of one moment.
        let mut transaction = self.readers.begin().await.map_err(&during)?;
        let row = sqlx::query(ROW)
            .bind(tenant)
            .bind(stream)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(&during)?;
        let Some(row) = row else { return Ok(None) };
        let counts = sqlx::query(COUNTS)
            .bind(tenant)
            .bind(stream)
            .fetch_all(&mut *transaction)
            .await
            .map_err(&during)?;
        let snapshots = sqlx::query(SNAPSHOTS)
            .bind(tenant)
            .bind(stream)
            .fetch_all(&mut *transaction)
            .await
            .map_err(&during)?;
        let read = || -> Result<StreamRow, sqlx::Error> {
            let times = |column: usize| {
                let times = counts.iter().map(|row| time::read(row.try_get(column)?));
                times.collect::<Result<Vec<_>, sqlx::Error>>()
            };
            let (first, last) = (times(3)?.into_iter().min(), times(4)?.into_iter().max());
            Ok(StreamRow {
                aggregate: row.try_get(0)?,
                version: row.try_get(1)?,
                archived: row.try_get(2)?,
                first_and_last: first.zip(last),
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
        sqlx::query_scalar(ROW)
            .bind(tenant)
            .bind(stream)
            .fetch_optional(&self.readers)
            .await
            .map_err(during(DOING))
    }
}

/// A number of events, from the first three columns.
pub(super) fn event_count(row: &SqliteRow) -> Result<EventCount, sqlx::Error> {
    Ok(EventCount {
        event_type: row.try_get(0)?,
        schema_version: row.try_get(1)?,
        events: row.try_get::<i64, _>(2)?.unsigned_abs(),
    })
}

fn snapshot(row: &SqliteRow) -> Result<SnapshotRow, sqlx::Error> {
    Ok(SnapshotRow {
        version: row.try_get(0)?,
        fingerprint: row.try_get(1)?,
        taken_at: time::read(row.try_get(2)?)?,
        bytes: row.try_get(3)?,
        stands: row.try_get(4)?,
    })
}
