//! Runs the statement for some groups.

use sqlx::Postgres as Db;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use uuid::Uuid;

use super::failure::{self, Failure};
use super::sql::expected;
use super::verdict::{Verdict, verdict};
use crate::append::{Group, Head};
use crate::store::postgres::{Text, during, statement};

pub(super) async fn run(
    connection: &mut PgConnection,
    sql: &Text,
    tenant: &str,
    groups: &[Group],
) -> Result<Vec<Verdict>, Failure> {
    let query = bind_events(
        bind_heads(sqlx::query(statement(sql)), tenant, groups),
        groups,
    );
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

type Bound<'q> = Query<'q, Db, PgArguments>;

fn bind_heads<'q>(query: Bound<'q>, tenant: &str, groups: &[Group]) -> Bound<'q> {
    let heads = || {
        groups
            .iter()
            .enumerate()
            .flat_map(|(at, group)| group.heads.iter().map(move |head| (at, head)))
    };
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    query
        .bind(heads().map(|(group, _)| number(group)).collect::<Vec<_>>())
        .bind(heads().map(|_| tenant.to_owned()).collect::<Vec<_>>())
        .bind(
            heads()
                .map(|(_, head)| head.stream.as_str().to_owned())
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| head.stream.category().to_owned())
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| expected(head.expected))
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| number(head.rows.len()))
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| head.key.clone())
                .collect::<Vec<_>>(),
        )
}

fn bind_events<'q>(query: Bound<'q>, groups: &'q [Group]) -> Bound<'q> {
    let events = || {
        let heads = groups.iter().flat_map(|group| &group.heads).zip(1_i64..);
        heads.flat_map(|(head, ordinal): (&Head, i64)| {
            head.rows.iter().zip(1_i64..).map(move |row| (ordinal, row))
        })
    };
    query
        .bind(events().map(|(head, _)| head).collect::<Vec<_>>())
        .bind(events().map(|(_, (_, nth))| nth).collect::<Vec<_>>())
        .bind(
            events()
                .map(|(_, (row, _))| row.event_id)
                .collect::<Vec<Uuid>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| &*row.event_type)
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| i32::try_from(row.schema_version).unwrap_or(i32::MAX))
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.payload.clone())
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.metadata.clone())
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.correlation.clone())
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.occurred_at)
                .collect::<Vec<_>>(),
        )
}
