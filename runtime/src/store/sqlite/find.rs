//! Finds events by something else than their stream.

use std::sync::Arc;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

use super::{Sqlite, during, event};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::feed::named;
use crate::store::looks::Sought;
use crate::store::names::Names;

const EVENTS: &str = concat!(
    "
select e.stream, s.aggregate, ",
    fact!(),
    record!(),
    "
from annals_events e
left join annals_streams s on s.tenant = e.tenant and s.stream = e.stream
where e.tenant = ?1
"
);

const AT_POSITION: &str = "and e.position = ?2 limit 1";

const OF_ID: &str = "and e.event_id = ?2 limit 1";

const CORRELATED: &str = "and e.correlation = ?2 and e.position > ?3 order by e.position limit ?4";

impl Sqlite {
    pub(crate) async fn find(
        &self,
        tenant: &str,
        sought: Sought,
    ) -> Result<Option<RecordedEvent>, Error> {
        let condition = match sought {
            Sought::Position(_) => AT_POSITION,
            Sought::Id(_) => OF_ID,
        };
        let query = sqlx::query(AssertSqlSafe(format!("{EVENTS}{condition}"))).bind(tenant);
        let query = match sought {
            Sought::Position(position) => query.bind(position),
            Sought::Id(id) => query.bind(id.to_string()),
        };
        let row = query.fetch_optional(&self.readers).await;
        let row = row.map_err(during("find an event"))?;
        let tenant = tenant.into();
        row.as_ref().map(|row| recorded(row, &tenant)).transpose()
    }

    /// Events with a correlation that come after a position, in the order of their positions.
    pub(crate) async fn correlated(
        &self,
        tenant: &str,
        correlation: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, Error> {
        let rows = sqlx::query(AssertSqlSafe(format!("{EVENTS}{CORRELATED}")))
            .bind(tenant)
            .bind(correlation)
            .bind(after)
            .bind(limit)
            .fetch_all(&self.readers)
            .await
            .map_err(during("follow a correlation"))?;
        let tenant = tenant.into();
        rows.iter().map(|row| recorded(row, &tenant)).collect()
    }
}

fn recorded(row: &SqliteRow, tenant: &Arc<str>) -> Result<RecordedEvent, Error> {
    let during = during("read an event");
    let stream = row.try_get(0).map_err(&during)?;
    let aggregate = row.try_get(1).map_err(&during)?;
    event(row, 2).map_err(&during)?.to_owned(
        tenant,
        &named(stream, aggregate)?,
        &mut Names::default(),
    )
}
