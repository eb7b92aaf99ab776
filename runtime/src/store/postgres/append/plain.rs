//! The shorter statements, for what most commands ask: one stream that is as its caller last saw it, or that is not there yet.
//!
//! They store, or they do not, and never say why: what they leave out goes to the statement that judges. That one has several
//! times as many parts, which costs the server more than what it stores.

use std::collections::HashMap;

use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use super::failure::{self, Failure};
use super::run::{Bound, bind_events, bind_heads, bind_row, bind_rows, number};
use super::sql::{expected, storing, storing_in_haste};
use super::verdict::Verdict;
use crate::append::{Appended, Expected, Group, Head, Receipt};
use crate::store::postgres::event_row::time_named;
use crate::store::postgres::{Text, during, statement};
use crate::stream::{Position, Version};

/// The head of a group that asks for nothing but events at one version of one stream.
pub(super) fn plain(group: &Group) -> Option<&Head> {
    let [head] = &*group.heads else { return None };
    let names_a_version = matches!(head.expected, Expected::Exact(_) | Expected::NoStream);
    (names_a_version && head.keys.is_empty() && !head.rows.is_empty()).then_some(head)
}

/// The texts of the statements.
#[derive(Debug)]
pub(in crate::store::postgres) struct Statements {
    advance: Text,
    advance_by_one: Text,
    begin: Text,
    begin_with_one: Text,
    advance_each_by_one: Text,
    many: Text,
}

impl Statements {
    pub(in crate::store::postgres) fn of(text: impl Fn(&str) -> Text) -> Self {
        let moving = |sql: &str, moved| text(&storing(&sql.replace("{moved}", moved)));
        Statements {
            advance: moving(SOME, ADVANCED),
            advance_by_one: moving(ONE, ADVANCED),
            begin: moving(SOME, BEGUN),
            begin_with_one: moving(ONE, BEGUN),
            advance_each_by_one: text(&storing(&ONE_EACH.replace("{held}", HELD))),
            many: text(&storing_in_haste(&MANY.replace("{held}", HELD))),
        }
    }

    /// Appends to the stream of the head, and answers one row where it did.
    fn to<'q>(&self, group: &'q Group, head: &'q Head) -> Bound<'q> {
        let is_new = expected(head.expected) == 0;
        let (sql, event) = match (&*head.rows, is_new) {
            ([event], false) => (&self.advance_by_one, Some(event)),
            ([event], true) => (&self.begin_with_one, Some(event)),
            (_, false) => (&self.advance, None),
            (_, true) => (&self.begin, None),
        };
        let query = sqlx::query(statement(sql))
            .bind(&*group.tenant)
            .bind(head.stream.as_str())
            .bind(head.stream.category())
            .bind(expected(head.expected))
            .bind(head.seen)
            .bind(number(head.rows.len()));
        match event {
            Some(event) => bind_row(query, event),
            None => bind_rows(query, || head.rows.iter()),
        }
    }
}

/// The receipt of a group that is plain, where its stream is as it says.
pub(super) async fn one(
    connection: &mut PgConnection,
    sql: &Statements,
    group: &Group,
) -> Result<Option<Receipt>, Failure> {
    let Some(head) = plain(group) else {
        return Ok(None);
    };
    let row = sql
        .to(group, head)
        .fetch_optional(connection)
        .await
        .map_err(|error| failure::of(error, std::slice::from_ref(group)))?;
    let receipt = row.map(|row| receipt(head, &row)).transpose();
    receipt.map_err(unreadable)
}

/// One answer for each group, all of them plain, in order: those that another transaction holds, and those that lose, are left
/// out alike.
pub(super) async fn many(
    connection: &mut PgConnection,
    sql: &Statements,
    groups: &[Group],
) -> Result<Vec<Verdict>, Failure> {
    let heads = || groups.iter().filter_map(plain);
    let are_one_each = heads().all(|head| head.rows.len() == 1 && expected(head.expected) > 0);
    let query = match are_one_each {
        true => bind_rows(
            bind_heads(sqlx::query(statement(&sql.advance_each_by_one)), groups),
            || heads().flat_map(|head| &head.rows),
        ),
        false => bind_events(
            bind_heads(sqlx::query(statement(&sql.many)), groups),
            groups,
        ),
    };
    let rows = query
        .fetch_all(connection)
        .await
        .map_err(|error| failure::of(error, groups))?;
    let mut stored = HashMap::with_capacity(rows.len());
    for row in &rows {
        let tenant: &str = row.try_get("tenant").map_err(unreadable)?;
        let stream: &str = row.try_get("stream").map_err(unreadable)?;
        stored.insert((tenant, stream), row);
    }
    let verdict = |group: &Group| {
        let found = plain(group).and_then(|head| {
            let row = stored.get(&(&*group.tenant, head.stream.as_str()))?;
            Some(receipt(head, row))
        });
        Ok(match found {
            Some(receipt) => Verdict::Stored(receipt?),
            None => Verdict::Busy,
        })
    };
    groups
        .iter()
        .map(verdict)
        .collect::<Result<_, _>>()
        .map_err(unreadable)
}

fn unreadable(error: sqlx::Error) -> Failure {
    Failure::Other(during("append")(error))
}

fn receipt(head: &Head, row: &PgRow) -> Result<Receipt, sqlx::Error> {
    let version: i64 = row.try_get("version")?;
    let mut positions: Vec<_> = row
        .try_get::<Vec<i64>, _>("positions")?
        .into_iter()
        .map(Position::of_i64)
        .collect();
    // Positions were given out in the order of versions.
    positions.sort_unstable();
    let appended = Appended {
        stream: head.stream.clone(),
        version: Version::of_i64(version),
        positions,
        recorded_at: time_named(row, "recorded_at")?,
    };
    Ok(Receipt {
        streams: vec![appended],
        repeated: false,
    })
}

/// Parameters: tenant, stream, aggregate, expected version, when the last event was recorded that the caller has seen, number
/// of new events; then the events as arrays (event id, type, schema version, payload, metadata, correlation, time of
/// occurrence), handed on by way of a `select` as in the statement that judges.
///
/// Waits for a stream that another transaction holds, or is making. Answers one row: the version of the stream, when its last
/// event was recorded, and the positions of the events in no order; none where the stream is another one.
const SOME: &str = "
with moved as ({moved}),
stored as (
    {store} (
        select m.tenant, m.stream, m.version - $6 + e.nth as version, e.event_id, e.event_type, e.schema_version,
               e.payload::json as payload, e.metadata::json as metadata, e.correlation, m.recorded_at, e.occurred_at
        from moved m
        cross join unnest((select $7::uuid[]), (select $8::text[]), (select $9::integer[]), (select $10::text[]),
                          (select $11::text[]), (select $12::text[]), (select $13::timestamptz[]))
                   with ordinality
                   as e (event_id, event_type, schema_version, payload, metadata, correlation, occurred_at, nth)
        order by e.nth
    ) ordered
    returning position
)
select version, recorded_at, (select array_agg(position) from stored) as positions from moved
";

/// The same for one event, which is no array: a third of the server's work would be that of arrays.
const ONE: &str = "
with moved as ({moved})
{store} (
    select tenant, stream, version, $7::uuid as event_id, $8::text as event_type, $9::integer as schema_version,
           $10::text::json as payload, $11::text::json as metadata, $12::text as correlation, recorded_at,
           $13::timestamptz as occurred_at
    from moved
) single
returning version, recorded_at, array[position] as positions
";

const ADVANCED: &str = "
    update {schema}.streams
    set version = version + $6, recorded_at = greatest(clock_timestamp(), recorded_at)
    where tenant = $1 and stream = $2 and aggregate = $3 and version = $4 and version > 0 and not archived
      and ($5::timestamptz is null or recorded_at = $5)
    returning tenant, stream, version, recorded_at
";

/// A stream that takes another's place with version 0 is left to the statement that judges, and so is one whose caller has seen
/// an event of it.
const BEGUN: &str = "
    insert into {schema}.streams (tenant, stream, aggregate, version, recorded_at)
    select $1, $2, $3, $6, clock_timestamp() where $4 = 0 and $5::timestamptz is null
    on conflict do nothing
    returning tenant, stream, version, recorded_at
";

/// Which of the heads asked for (`a`) are as their callers say, for many of them: their streams are held, and those that another
/// transaction holds are passed over.
///
/// Each stream is looked up by itself, as in the statement that judges.
const HELD: &str = "
    cross join lateral (
        select s.ctid as place, s.aggregate, s.version, s.recorded_at, s.archived
        from {schema}.streams s where s.tenant = a.tenant and s.stream = a.stream
        limit 1
        for no key update skip locked
    ) held
    where held.aggregate = a.aggregate and held.version = a.expected and held.version > 0 and not held.archived
      and (a.seen is null or held.recorded_at = a.seen)
";

/// Parameters: the heads as arrays (tenant, stream, aggregate, expected version, when the last event was recorded that the
/// caller has seen, number of new events), then the events as arrays, as the statement that judges takes them.
///
/// Passes over a stream that another transaction holds, and gives up soon on one that another transaction is making.
/// Answers a row for each head that was stored: its tenant and stream, and what the statement for one answers.
const MANY: &str = "
with asked as materialized (
    select *
    from unnest((select $1::text[]), (select $2::text[]), (select $3::text[]), (select $4::bigint[]),
                (select $5::timestamptz[]), (select $6::bigint[]))
         with ordinality as a (tenant, stream, aggregate, expected, seen, added, head)
    where {patience}
),
held as materialized (
    select a.head, a.added, a.tenant, a.stream
    from asked a
    {held}
),
advanced as (
    update {schema}.streams s
    set version = s.version + h.added, recorded_at = greatest(clock_timestamp(), s.recorded_at)
    from held h
    where s.tenant = h.tenant and s.stream = h.stream
    returning h.head, s.tenant, s.stream, h.added, s.version, s.recorded_at
),
-- In one order, so that no two of these statements wait for each other.
created as (
    insert into {schema}.streams (tenant, stream, aggregate, version, recorded_at)
    select tenant, stream, aggregate, added, clock_timestamp() from asked where expected = 0
    order by tenant, stream
    on conflict do nothing
    returning tenant, stream, version, recorded_at
),
moved as (
    select * from advanced
    union all
    select a.head, tenant, stream, a.added, c.version, c.recorded_at from created c join asked a using (tenant, stream)
),
stored as (
    {store} (
        select m.tenant, m.stream, m.version - m.added + e.nth as version, e.event_id, e.event_type, e.schema_version,
               e.payload::json as payload, e.metadata::json as metadata, e.correlation, m.recorded_at, e.occurred_at
        from unnest((select $7::bigint[]), (select $8::bigint[]), (select $9::uuid[]), (select $10::text[]),
                    (select $11::integer[]), (select $12::text[]), (select $13::text[]), (select $14::text[]),
                    (select $15::timestamptz[]))
             as e (head, nth, event_id, event_type, schema_version, payload, metadata, correlation, occurred_at)
        join moved m using (head)
        order by e.head, e.nth
    ) ordered
    returning tenant, stream, position
),
placed as (
    select tenant, stream, array_agg(position) as positions from stored group by tenant, stream
)
select tenant, stream, version, recorded_at, positions from moved join placed using (tenant, stream)
";

/// The same for streams that are all there and get one event each, as under many commands they mostly do: with nothing to be
/// joined, grouped or kept in between it takes the server a quarter less. Nothing in it can make it wait. A stream that changed
/// since the statement began lies at another place than it can see, and is left out.
///
/// Parameters: the heads as above, then what is stored of the event of each, as arrays in the same order.
const ONE_EACH: &str = "
with moved as (
    update {schema}.streams s
    set version = s.version + asked.added, recorded_at = greatest(clock_timestamp(), s.recorded_at)
    from (
        select a.*, held.place
        from unnest((select $1::text[]), (select $2::text[]), (select $3::text[]), (select $4::bigint[]),
                    (select $5::timestamptz[]), (select $6::bigint[]), (select $7::uuid[]), (select $8::text[]),
                    (select $9::integer[]), (select $10::text[]), (select $11::text[]), (select $12::text[]),
                    (select $13::timestamptz[]))
             as a (tenant, stream, aggregate, expected, seen, added, event_id, event_type, schema_version, payload, metadata,
                   correlation, occurred_at)
        {held}
    ) asked
    where s.ctid = asked.place
    returning s.tenant, s.stream, s.version, s.recorded_at, asked.event_id, asked.event_type, asked.schema_version,
              asked.payload, asked.metadata, asked.correlation, asked.occurred_at
)
{store} (
    select tenant, stream, version, event_id, event_type, schema_version, payload::json as payload, metadata::json as metadata,
           correlation, recorded_at, occurred_at
    from moved
) ones
returning tenant, stream, version, recorded_at, array[position] as positions
";
