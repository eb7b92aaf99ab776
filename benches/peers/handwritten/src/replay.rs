//! All events in order, folded in memory.

use futures_util::TryStreamExt;
use peers_protocol::{Balances, Figure, Measured, Meter, Request};
use sqlx::Row;

use crate::books::{Books, decode};

const PAGE: i64 = 5000;

/// One statement, whose rows come as they are read.
pub(crate) async fn streamed(books: &Books, request: &Request) -> Result<(), sqlx::Error> {
    let meter = Meter::start();
    let mut balances = Balances::default();
    {
        let mut rows =
            sqlx::query("select stream, payload from events order by position").fetch(&books.pool);
        while let Some(row) = rows.try_next().await? {
            balances.add(row.get(0), decode(&row, 1).change());
        }
    }
    report(balances, meter.stop(), request);
    Ok(())
}

/// A page after the other, as a program reads that remembers its place.
pub(crate) async fn paged(books: &Books, request: &Request) -> Result<(), sqlx::Error> {
    let meter = Meter::start();
    let mut balances = Balances::default();
    let mut position = 0_i64;
    loop {
        let rows = sqlx::query(
            "select position, stream, payload from events where position > $1 order by position limit $2",
        )
        .bind(position)
        .bind(PAGE)
        .fetch_all(&books.pool)
        .await?;
        for row in &rows {
            balances.add(row.get(1), decode(row, 2).change());
        }
        match rows.last() {
            Some(row) => position = row.get(0),
            None => break,
        }
    }
    report(balances, meter.stop(), request);
    Ok(())
}

fn report(balances: Balances, measured: Measured, request: &Request) {
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate("W4", balances.events(), "events/s", &measured).print();
}
