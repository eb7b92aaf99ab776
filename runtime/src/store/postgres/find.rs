//! Finds events by something else than their stream.

use std::sync::Arc;

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{Postgres, during, event};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::feed::named;
use crate::store::looks::Sought;
use crate::store::names::Names;

const EVENTS: &str = "
select e.stream, s.aggregate, {event}
from {schema}.events e
left join {schema}.streams s on s.tenant = e.tenant and s.stream = e.stream
where e.tenant = $1
";

const AT_POSITION: &str = "and e.position = $2 limit 1";

const OF_ID: &str = "and e.event_id = $2 limit 1";

const CORRELATED: &str = "and e.correlation = $2 and e.position > $3 order by e.position limit $4";

impl Postgres {
    pub(crate) async fn find(
        &self,
        tenant: &str,
        sought: Sought,
    ) -> Result<Option<RecordedEvent>, Error> {
        const DOING: &str = "find an event";
        let mut connection = self.acquire(DOING).await?;
        let condition = match sought {
            Sought::Position(_) => AT_POSITION,
            Sought::Id(_) => OF_ID,
        };
        let query = sqlx::query(self.spelled(&format!("{EVENTS}{condition}"))).bind(tenant);
        let query = match sought {
            Sought::Position(position) => query.bind(position),
            Sought::Id(id) => query.bind(id),
        };
        let row = query
            .fetch_optional(&mut *connection)
            .await
            .map_err(during(DOING))?;
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
        const DOING: &str = "follow a correlation";
        let mut connection = self.acquire(DOING).await?;
        let rows = sqlx::query(self.spelled(&format!("{EVENTS}{CORRELATED}")))
            .bind(tenant)
            .bind(correlation)
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await
            .map_err(during(DOING))?;
        let tenant = tenant.into();
        rows.iter().map(|row| recorded(row, &tenant)).collect()
    }
}

fn recorded(row: &PgRow, tenant: &Arc<str>) -> Result<RecordedEvent, Error> {
    let during = during("read an event");
    let stream = row.try_get(0).map_err(&during)?;
    let aggregate = row.try_get(1).map_err(&during)?;
    event(row, 2).map_err(&during)?.to_owned(
        tenant,
        &named(stream, aggregate)?,
        &mut Names::default(),
    )
}
