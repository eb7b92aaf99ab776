//! Up to 50,000 positions that are read at once, and the statement that copies their rows out.

use std::ops::Range;

use sqlx::Row;
use sqlx::postgres::PgConnection;

use crate::store::feed::{FeedRequest, PART};
use crate::store::postgres::event_row::{FACT, RECORD};
use crate::store::postgres::frontier::Home;
use crate::store::postgres::{Postgres, statement};

/// Where the rows are read, up to which position, and the aggregates of the tenant, or of all, from one entry of the index to the
/// next; and what the rows are filtered by, as PostgreSQL itself writes it into a statement.
///
/// Where there are many tenants, each with its aggregates, to find all of them would take longer than what it saves.
pub(in crate::store::postgres) const AGGREGATES: &str = "
with recursive known as (
    (
        select tenant, aggregate from {schema}.streams
        where tenant >= coalesce($4::text, '')
        order by tenant, aggregate limit 1
    )
    union all
    select next.tenant, next.aggregate
    from known, lateral (
        select s.tenant, s.aggregate from {schema}.streams s
        where (s.tenant, s.aggregate) > (known.tenant, known.aggregate)
        order by s.tenant, s.aggregate
        limit 1
    ) next
    where $4::text is null or known.tenant = $4
),
found as materialized (select * from known limit 1000)
select pg_postmaster_start_time() as started, pg_stat_get_bgwriter_stat_reset_time() as recovered,
       (select oid::bigint from pg_database where datname = current_database()) as database,
       '{schema}.events'::regclass::oid::bigint as relation,
       {last} as last,
       array(select distinct aggregate from found where $4::text is null or tenant = $4 order by aggregate) as aggregates,
       (select count(*) from found) < 1000 as are_all,
       exists (select from found where tenant <> $4) or exists (select from {schema}.streams where tenant < $4)
           as has_other_tenants,
       quote_literal($4::text) as tenant,
       (select format('array[%s]::text[]', string_agg(quote_literal(type), ', ')) from unnest($5::text[]) type) as types
";

/// What is known of a part before its rows are read.
pub(super) struct Part {
    /// Where it was asked for.
    pub(super) home: Home,
    /// After the first of these, up to the last.
    pub(super) positions: Range<i64>,
    pub(super) aggregates: Vec<String>,
    /// Whether these are all that there are.
    pub(super) are_all: bool,
    /// Whether the store has tenants beside the one that was asked for.
    pub(super) has_other_tenants: bool,
    /// The tenant, as a literal.
    tenant: Option<String>,
    /// The types of events, as an array of literals.
    types: String,
}

impl Part {
    /// Finds the part that begins after the first of these positions, of so many of them at most.
    pub(super) async fn find(
        connection: &mut PgConnection,
        store: &Postgres,
        request: &FeedRequest<'_>,
        positions: Range<i64>,
        room: i64,
    ) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(statement(&store.sql.aggregates))
            .bind(positions.start)
            .bind(positions.end)
            .bind(PART.min(i64::from(request.limit)).min(room))
            .bind(request.tenant)
            .bind(request.types)
            .fetch_one(connection)
            .await?;
        Ok(Part {
            home: Home::of(&row)?,
            positions: positions.start..row.try_get("last")?,
            aggregates: row.try_get("aggregates")?,
            are_all: row.try_get("are_all")?,
            has_other_tenants: row.try_get("has_other_tenants")?,
            tenant: row.try_get("tenant")?,
            types: row.try_get("types")?,
        })
    }

    /// The statement that copies its rows out, of some of its positions. A condition that every row fulfils would cost each of them
    /// something, and so would a column that nobody looks at. The tenant comes first where it is not the one that was asked
    /// for, and how an event was recorded comes where that was.
    pub(super) fn copying(
        &self,
        store: &Postgres,
        request: &FeedRequest<'_>,
        positions: Range<i64>,
        order: &str,
    ) -> String {
        let (tenant, of_tenant) = match &self.tenant {
            Some(tenant) => ("", format!(" and e.tenant = {tenant}")),
            None => ("e.tenant, ", String::new()),
        };
        let of_types = match request.types {
            Some(_) => format!(" and e.event_type = any({})", self.types),
            None => String::new(),
        };
        let fact = match store.is_jsonb {
            true => FACT.replace("e.payload", "e.payload::text"),
            false => FACT.to_owned(),
        };
        let record = match request.facts_alone {
            true => "",
            false => RECORD,
        };
        format!(
            "copy (
                 select {tenant}e.stream, {fact}{record}
                 from {schema}.events e
                 where e.position > {after} and e.position <= {last}{of_tenant}{of_types}
                 {order}
             ) to stdout (format binary)",
            schema = store.schema,
            after = positions.start,
            last = positions.end,
        )
    }
}
