//! All events in order, folded in memory.

use futures_util::TryStreamExt;
use peers_protocol::{Balances, Entry, Figure, Measured, Meter, Request};
use sqlx::Row;
use sqlx::types::chrono::{DateTime, Utc};

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

/// An event with all that is known of it, which outlives its row.
#[expect(dead_code, reason = "it is read in full, as an event of a library is")]
struct Event {
    position: i64,
    stream: String,
    version: i64,
    kind: String,
    entry: Entry,
    metadata: Option<serde_json::Value>,
    recorded_at: DateTime<Utc>,
}

/// One statement, of whose rows each becomes an event.
pub(crate) async fn whole(books: &Books, request: &Request) -> Result<(), sqlx::Error> {
    let meter = Meter::start();
    let mut balances = Balances::default();
    {
        let mut rows = sqlx::query(
            "select position, stream, version, type, payload, metadata, recorded_at from events order by position",
        )
        .fetch(&books.pool);
        while let Some(row) = rows.try_next().await? {
            let event = Event {
                position: row.get(0),
                stream: row.get(1),
                version: row.get(2),
                kind: row.get(3),
                entry: decode(&row, 4),
                metadata: row.get(5),
                recorded_at: row.get(6),
            };
            let event = std::hint::black_box(event);
            balances.add(&event.stream, event.entry.change());
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
