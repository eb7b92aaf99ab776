//! Reads a stream by pages.

use sqlx::Row;
use sqlx::postgres::PgConnection;

use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::names::Names;
use crate::store::postgres::{Postgres, during, event, statement};
use crate::store::row::Page;

/// Each row begins with the version of the stream as its own row has it; where there is no event, it is the only row.
///
/// A stream has no hole, so that a page of `$5` events is known by its versions: however the server reads them, it
/// reads one more at most.
pub(in crate::store::postgres) const PAGE: &str = "
select coalesce(s.version, 0), e.*
from (select) one
left join {schema}.streams s on s.tenant = $1 and s.stream = $2
left join lateral (
    select {event}
    from {schema}.events e
    where tenant = $1 and stream = $2 and version between $3 and $3 + least($5, $4 - $3)
    order by version
    limit $5
) e on true
";

pub(in crate::store::postgres) const PAGE_BACKWARDS: &str = "
select coalesce(s.version, 0), e.*
from (select) one
left join {schema}.streams s on s.tenant = $1 and s.stream = $2
left join lateral (
    select {event}
    from {schema}.events e
    where tenant = $1 and stream = $2
      and version between greatest($3, case when s.version is not null then least($4, s.version) - $5 end) and $4
    order by version desc
    limit $5
) e on true
";

impl Postgres {
    /// Reads some events of a stream, and its version.
    pub(crate) async fn page(&self, page: Page<'_>) -> Result<(u64, Vec<RecordedEvent>), Error> {
        let mut connection = self.acquire("read a stream").await?;
        self.page_in(&mut connection, page).await
    }

    /// As [`Postgres::page`], as a transaction sees it.
    pub(crate) async fn page_in(
        &self,
        connection: &mut PgConnection,
        page: Page<'_>,
    ) -> Result<(u64, Vec<RecordedEvent>), Error> {
        let during = during("read a stream");
        let sql = if page.backwards {
            &self.sql.page_backwards
        } else {
            &self.sql.page
        };
        let rows = sqlx::query(statement(sql))
            .bind(&**page.tenant)
            .bind(page.stream.as_str())
            .bind(page.from.to_i64())
            .bind(page.to.to_i64())
            .bind(i64::from(page.limit))
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
