//! Reads the events of a stream.

use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::{Columns, Sqlite, during, event, time};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::names::Names;
use crate::store::row::{LoadRequest, Loaded, Outcome, Page, StoredHead};
use crate::stream::Version;

/// The head, the usable snapshot and the outcome of a command in the first row; the events after the snapshot in the
/// others. In the first row, the columns of an event hold the version, that of the snapshot, and the aggregate. One statement, so that all of it is of one moment.
///
/// A snapshot is usable where its fingerprint is the asked one, and the event at its version is the one it was made at.
macro_rules! load {
    ($no_record:literal, $($record:tt)*) => {
        concat!("
with head as materialized (
    select s.version, s.aggregate, s.recorded_at, n.version as snapshot, n.state,
           (select json_object('first_version', c.first_version, 'last_version', c.last_version,
                               'refusal', c.refusal)
            from annals_commands c where c.tenant = ?1 and c.stream = ?2 and c.key = ?4) as outcome
    from (select 1)
    left join annals_streams s on s.tenant = ?1 and s.stream = ?2
    left join annals_snapshots n
        on n.tenant = ?1 and n.stream = ?2 and n.fingerprint = ?3 and n.version <= min(s.version, ?5)
        and exists (
            select 1 from annals_events e
            where e.tenant = ?1 and e.stream = ?2 and e.version = n.version and e.event_id = n.event_id
              and (?6 is null or e.recorded_at <= ?6)
        )
)
select 0 as place, recorded_at, outcome, state, coalesce(version, 0), coalesce(snapshot, 0), aggregate, 0, null", $no_record, "
from head
union all
select e.version, null, null, null, ", fact!(), $($record)*, "
from annals_events e
where e.tenant = ?1 and e.stream = ?2 and e.version > coalesce((select snapshot from head), 0) and e.version <= ?5
  and (?6 is null or e.recorded_at <= ?6)
order by place
")
    };
}

const RECORDS: &str = load!(", null, null, null, null, null", record!());

const FACTS: &str = load!("", "");

/// Each row begins with the version of the stream as its own row has it; where there is no event, it is the only row.
const PAGE: &str = concat!(
    "
select coalesce(s.version, 0), ",
    fact!(),
    record!(),
    "
from (select 1)
left join annals_streams s on s.tenant = ?1 and s.stream = ?2
left join annals_events e on e.tenant = ?1 and e.stream = ?2 and e.version between ?3 and ?4
order by e.version
limit ?5
"
);

const PAGE_BACKWARDS: &str = concat!(
    "
select coalesce(s.version, 0), ",
    fact!(),
    record!(),
    "
from (select 1)
left join annals_streams s on s.tenant = ?1 and s.stream = ?2
left join annals_events e on e.tenant = ?1 and e.stream = ?2 and e.version between ?3 and ?4
order by e.version desc
limit ?5
"
);

const DOING: &str = "load a stream";

/// Where the columns of an event begin.
const FACT: usize = 4;

impl Sqlite {
    /// Hands the head and then each event to `each`, as they arrive: what was handed on takes no memory any more.
    pub(crate) async fn load(
        &self,
        request: LoadRequest<'_>,
        each: &mut (dyn FnMut(Loaded<'_>) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        let mut connection = self.readers.acquire().await.map_err(during(DOING))?;
        self.load_in(&mut connection, request, each).await
    }

    /// As [`Sqlite::load`], as a transaction sees it.
    pub(crate) async fn load_in(
        &self,
        connection: &mut SqliteConnection,
        request: LoadRequest<'_>,
        each: &mut (dyn FnMut(Loaded<'_>) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        let during = during(DOING);
        let mut rows = sqlx::query(if request.facts_alone { FACTS } else { RECORDS })
            .bind(&**request.tenant)
            .bind(request.stream.as_str())
            .bind(request.fingerprint)
            .bind(request.key)
            .bind(request.up_to.map_or(i64::MAX, Version::to_i64))
            .bind(request.recorded_until.map(time::write))
            .fetch(connection);
        while let Some(row) = rows.try_next().await.map_err(&during)? {
            let place: i64 = row.try_get(0).map_err(&during)?;
            if place == 0 {
                each(Loaded::Head(head(&row).map_err(&during)?))?;
            } else {
                each(Loaded::Event(&columns(&row)))?;
            }
        }
        Ok(())
    }

    /// Reads some events of a stream, and its version.
    pub(crate) async fn page(&self, page: Page<'_>) -> Result<(u64, Vec<RecordedEvent>), Error> {
        let connection = self.readers.acquire().await;
        let mut connection = connection.map_err(during("read a stream"))?;
        self.page_in(&mut connection, page).await
    }

    /// As [`Sqlite::page`], as a transaction sees it.
    pub(crate) async fn page_in(
        &self,
        connection: &mut SqliteConnection,
        page: Page<'_>,
    ) -> Result<(u64, Vec<RecordedEvent>), Error> {
        let during = during("read a stream");
        let rows = sqlx::query(if page.backwards { PAGE_BACKWARDS } else { PAGE })
            .bind(&**page.tenant)
            .bind(page.stream.as_str())
            .bind(page.from.to_i64())
            .bind(page.to.to_i64())
            .bind(page.limit)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let mut types = Names::default();
        let mut events = Vec::with_capacity(rows.len());
        let mut head = 0_i64;
        for row in &rows {
            head = row.try_get(0).map_err(&during)?;
            if row.try_get::<Option<i64>, _>(1).map_err(&during)?.is_some() {
                let event = event(row, 1).map_err(&during)?;
                events.push(event.to_owned(page.tenant, page.stream, &mut types)?);
            }
        }
        Ok((page.head(head)?, events))
    }
}

fn columns(row: &SqliteRow) -> Columns<'_> {
    Columns {
        row,
        first: FACT,
        doing: DOING,
    }
}

fn head(row: &SqliteRow) -> Result<StoredHead<'_>, sqlx::Error> {
    let version: i64 = row.try_get(FACT)?;
    let snapshot: i64 = row.try_get(FACT + 1)?;
    let outcome: Option<&str> = row.try_get(2)?;
    let outcome = outcome.map(serde_json::from_str::<Outcome>).transpose();
    Ok(StoredHead {
        version,
        recorded_at: (version > 0)
            .then(|| time::read(row.try_get(1)?))
            .transpose()?,
        aggregate: row.try_get(FACT + 2)?,
        snapshot: row
            .try_get::<Option<&str>, _>(3)?
            .map(|state| (snapshot, state.as_bytes())),
        outcome: outcome.map_err(|error| sqlx::Error::Decode(error.into()))?,
    })
}
