//! A table of balances, built from all events.

use std::collections::HashMap;

use peers_protocol::{Figure, Measured, Meter, Request, balance_at};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use crate::books::{Books, decode};

const PAGE: i64 = 5000;

/// Each page is folded in memory and written in one statement, in one transaction with the place that was reached.
pub(crate) async fn batched(books: &Books, request: &Request) -> Result<(), sqlx::Error> {
    let meter = Meter::start();
    let (mut position, mut events) = (0, 0);
    loop {
        let mut tx = books.pool.begin().await?;
        let rows = page(&mut tx, position).await?;
        let Some(last) = rows.last() else { break };
        position = last.get(0);
        events += rows.len();
        let mut changes: HashMap<&str, i64> = HashMap::new();
        for row in &rows {
            *changes.entry(row.get(1)).or_default() += decode(row, 2).change();
        }
        let (accounts, changes): (Vec<&str>, Vec<i64>) = changes.into_iter().unzip();
        sqlx::query(
            "insert into balances (account_id, balance) select * from unnest($1::text[], $2::bigint[])
             on conflict (account_id) do update set balance = balances.balance + excluded.balance",
        )
        .bind(accounts)
        .bind(changes)
        .execute(&mut *tx)
        .await?;
        remember(&mut tx, position).await?;
        tx.commit().await?;
    }
    report(books, events, meter.stop(), request).await
}

/// As a first version is often written: a statement for each event, though with the transaction and the place of `batched`.
pub(crate) async fn one_by_one(books: &Books, request: &Request) -> Result<(), sqlx::Error> {
    let meter = Meter::start();
    let (mut position, mut events) = (0, 0);
    while meter.elapsed() < request.limit() {
        let mut tx = books.pool.begin().await?;
        let rows = page(&mut tx, position).await?;
        let Some(last) = rows.last() else { break };
        position = last.get(0);
        events += rows.len();
        for row in &rows {
            sqlx::query(
                "insert into balances (account_id, balance) values ($1, $2)
                 on conflict (account_id) do update set balance = balances.balance + excluded.balance",
            )
            .bind(row.get::<&str, _>(1))
            .bind(decode(row, 2).change())
            .execute(&mut *tx)
            .await?;
        }
        remember(&mut tx, position).await?;
        tx.commit().await?;
    }
    report(books, events, meter.stop(), request).await
}

async fn page(connection: &mut PgConnection, position: i64) -> Result<Vec<PgRow>, sqlx::Error> {
    sqlx::query(
        "select position, stream, payload from events where position > $1 order by position limit $2",
    )
    .bind(position)
    .bind(PAGE)
    .fetch_all(connection)
    .await
}

async fn remember(connection: &mut PgConnection, position: i64) -> Result<(), sqlx::Error> {
    sqlx::query("update checkpoints set position = $1")
        .bind(position)
        .execute(connection)
        .await?;
    Ok(())
}

async fn report(
    books: &Books,
    events: usize,
    measured: Measured,
    request: &Request,
) -> Result<(), sqlx::Error> {
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let mut figure = Figure::rate(request.text("figure"), events, "events/s", &measured);
    let (rows, sum): (i64, i64) =
        sqlx::query_as("select count(*), coalesce(sum(balance), 0)::bigint from balances")
            .fetch_one(&books.pool)
            .await?;
    assert_eq!(rows as usize, accounts.min(events));
    if events == accounts * length {
        assert_eq!(sum, accounts as i64 * balance_at(length));
    } else {
        // What was handled is a whole number of versions of all accounts, and a part of the next.
        let low = accounts as i64 * balance_at(events / accounts);
        let next = accounts as i64 * balance_at(events / accounts + 1);
        assert!((low.min(next)..=low.max(next)).contains(&sum));
        figure = figure.remark(format!("stopped after {events} events"));
    }
    figure.print();
    Ok(())
}
