//! All events in order: into memory, and into a table. Both are loops of the benchmark: the package has no consumers.

use peers_protocol::{Balances, Figure, Meter, Request, balance_at};
use serde_json::json;
use sqlx::Row;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::types::Json;
use uuid::Uuid;

use crate::books::decode;

/// As many messages as its functions hand out where nothing else is asked for.
const BATCH: i64 = 1000;

pub(crate) async fn replay(
    pool: &PgPool,
    batch: i64,
    request: &Request,
) -> Result<(), sqlx::Error> {
    let meter = Meter::start();
    let mut balances = Balances::default();
    let mut position = 1_i64;
    loop {
        let rows = category(pool, position, batch).await?;
        for row in &rows {
            balances.add(row.get(0), decode(row.get(2)).change());
        }
        match rows.last() {
            Some(last) => position = last.get::<i64, _>(1) + 1,
            None => break,
        }
    }
    let measured = meter.stop();
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate("W4", balances.events(), "events/s", &measured).print();
    Ok(())
}

/// A statement for each message, and the position stored after each batch.
pub(crate) async fn rebuild(pool: &PgPool, request: &Request) -> Result<(), sqlx::Error> {
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let meter = Meter::start();
    let (mut position, mut events) = (1_i64, 0);
    while meter.elapsed() < request.limit() {
        let rows = category(pool, position, BATCH).await?;
        let Some(last) = rows.last() else { break };
        position = last.get::<i64, _>(1) + 1;
        events += rows.len();
        for row in &rows {
            sqlx::query(
                "insert into balances (account_id, balance) values ($1, $2)
                 on conflict (account_id) do update set balance = balances.balance + excluded.balance",
            )
            .bind(row.get::<&str, _>(0))
            .bind(decode(row.get(2)).change())
            .execute(pool)
            .await?;
        }
        sqlx::query(
            "select write_message($1::varchar, 'balances:position-1'::varchar, 'Recorded'::varchar, $2::jsonb)",
        )
        .bind(Uuid::new_v4().to_string())
        .bind(Json(json!({ "position": position })))
        .execute(pool)
        .await?;
    }
    let measured = meter.stop();
    let (rows, sum): (i64, i64) =
        sqlx::query_as("select count(*), coalesce(sum(balance), 0)::bigint from balances")
            .fetch_one(pool)
            .await?;
    assert_eq!(rows as usize, accounts.min(events));
    let figure = Figure::rate(request.text("figure"), events, "events/s", &measured);
    if events == accounts * length {
        assert_eq!(sum, rows * balance_at(length));
        figure.print();
    } else {
        figure
            .remark(format!("stopped after {events} events"))
            .print();
    }
    Ok(())
}

async fn category(pool: &PgPool, position: i64, batch: i64) -> Result<Vec<PgRow>, sqlx::Error> {
    sqlx::query(
        "select stream_name, global_position, data from get_category_messages('account', $1, $2)",
    )
    .bind(position)
    .bind(batch)
    .fetch_all(pool)
    .await
}
