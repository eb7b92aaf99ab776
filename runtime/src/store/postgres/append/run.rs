//! Runs the statement for some groups.

use sqlx::Postgres as Db;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use uuid::Uuid;

use super::failure::{self, Failure};
use super::sql::expected;
use super::verdict::{Verdict, verdict};
use crate::append::{Group, Head, Row};
use crate::store::postgres::{Text, during, statement};

pub(super) async fn run(
    connection: &mut PgConnection,
    sql: &Text,
    groups: &[Group],
) -> Result<Vec<Verdict>, Failure> {
    let of_heads = groups.iter().zip(0_i64..);
    let of_heads = of_heads.flat_map(|(group, at)| group.heads.iter().map(move |_| at));
    let query = sqlx::query(statement(sql)).bind(of_heads.collect::<Vec<_>>());
    let query = bind_keys(bind_heads(query, groups), groups);
    let query = bind_events(query, groups);
    let rows = query
        .fetch_all(connection)
        .await
        .map_err(|error| failure::of(error, groups))?;
    let mut rows = rows.iter();
    groups
        .iter()
        .map(|group| {
            verdict(group, &mut rows).map_err(|error| Failure::Other(during("append")(error)))
        })
        .collect()
}

pub(super) type Bound<'q> = Query<'q, Db, PgArguments>;

/// What is asked of each stream.
pub(super) fn bind_heads<'q>(query: Bound<'q>, groups: &'q [Group]) -> Bound<'q> {
    let heads = || {
        let of = |group: &'q Group| group.heads.iter().map(move |head| (group, head));
        groups.iter().flat_map(of)
    };
    query
        .bind(heads().map(|(group, _)| &*group.tenant).collect::<Vec<_>>())
        .bind(
            heads()
                .map(|(_, head)| head.stream.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| head.stream.category())
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| expected(head.expected))
                .collect::<Vec<_>>(),
        )
        .bind(heads().map(|(_, head)| head.seen).collect::<Vec<_>>())
        .bind(
            heads()
                .map(|(_, head)| number(head.rows.len()))
                .collect::<Vec<_>>(),
        )
}

fn bind_keys<'q>(query: Bound<'q>, groups: &'q [Group]) -> Bound<'q> {
    let keys = || {
        ordinals(groups).flat_map(|(head, ordinal)| head.keys.iter().map(move |key| (ordinal, key)))
    };
    query
        .bind(keys().map(|(head, _)| head).collect::<Vec<_>>())
        .bind(keys().map(|(_, key)| &*key.key).collect::<Vec<_>>())
        .bind(keys().map(|(_, key)| number(key.after)).collect::<Vec<_>>())
        .bind(
            keys()
                .map(|(_, key)| number(key.events))
                .collect::<Vec<_>>(),
        )
}

/// The events of the heads: ordinal of the head, place in the head, and what is stored of each.
pub(super) fn bind_events<'q>(query: Bound<'q>, groups: &'q [Group]) -> Bound<'q> {
    let events = || {
        ordinals(groups).flat_map(|(head, ordinal)| {
            head.rows
                .iter()
                .zip(1_i64..)
                .map(move |(row, nth)| (ordinal, nth, row))
        })
    };
    let query = query
        .bind(events().map(|(head, ..)| head).collect::<Vec<_>>())
        .bind(events().map(|(_, nth, _)| nth).collect::<Vec<_>>());
    bind_rows(query, || events().map(|(.., row)| row))
}

/// What is stored of one event.
pub(super) fn bind_row<'q>(query: Bound<'q>, row: &'q Row) -> Bound<'q> {
    query
        .bind(row.event_id)
        .bind(&*row.event_type)
        .bind(schema_version(row))
        .bind(&*row.payload)
        .bind(row.metadata.as_deref())
        .bind(row.correlation.as_deref())
        .bind(row.occurred_at)
}

fn schema_version(row: &Row) -> i32 {
    i32::try_from(row.schema_version).unwrap_or(i32::MAX)
}

/// What is stored of each event.
pub(super) fn bind_rows<'q, I>(query: Bound<'q>, rows: impl Fn() -> I) -> Bound<'q>
where
    I: Iterator<Item = &'q Row>,
{
    query
        .bind(rows().map(|row| row.event_id).collect::<Vec<Uuid>>())
        .bind(rows().map(|row| &*row.event_type).collect::<Vec<_>>())
        .bind(rows().map(schema_version).collect::<Vec<_>>())
        .bind(rows().map(|row| &*row.payload).collect::<Vec<_>>())
        .bind(unless_bare(rows().map(|row| row.metadata.as_deref())))
        .bind(unless_bare(rows().map(|row| row.correlation.as_deref())))
        .bind(unless_bare(rows().map(|row| row.occurred_at)))
}

/// The values, or nothing where none is there: `unnest` fills up with nulls what is shorter than others.
fn unless_bare<T>(values: impl Iterator<Item = Option<T>>) -> Option<Vec<Option<T>>> {
    let values: Vec<_> = values.collect();
    values.iter().any(Option::is_some).then_some(values)
}

/// The heads and their places in the statement, which count from 1.
fn ordinals(groups: &[Group]) -> impl Iterator<Item = (&Head, i64)> {
    groups.iter().flat_map(|group| &group.heads).zip(1_i64..)
}

pub(super) fn number(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
