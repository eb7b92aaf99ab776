//! What is kept beside the events, by annals.

use annals::prelude::*;
use annals::{App, Tx};
use std::time::Duration;

use crate::domain::{Decided, Ledger, Moved, State, Till};

/// How long a worker that is paused keeps what it leased.
pub(crate) const LEASE: Duration = Duration::from_millis(1000);

/// How many rows the tallies have.
pub(crate) const BUCKETS: i64 = 24;

/// A row of each stream.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    #[key]
    pub(crate) stream: String,
    pub(crate) version: i64,
    pub(crate) events: i64,
    pub(crate) balance: i64,
    pub(crate) digest: i64,
}

impl Standing {
    fn after(row: Option<Self>, mark: &str, amount: i64, cx: &Recorded) -> Self {
        let before = row.map(|row| State {
            events: row.events,
            balance: row.balance,
            digest: row.digest,
        });
        let state = before.unwrap_or_default().after(mark, amount);
        Standing {
            stream: cx.stream().to_string(),
            version: cx.version().get().cast_signed(),
            events: state.events,
            balance: state.balance,
            digest: state.digest,
        }
    }
}

#[projection(name = "standings", partitions = 4)]
impl Standing {
    #[key(cx.stream().to_string())]
    fn moved(row: Option<Self>, event: &Moved, cx: &Recorded) -> Self {
        Standing::after(row, &event.mark, event.amount, cx)
    }
    #[key(cx.stream().to_string())]
    fn decided(row: Option<Self>, event: &Decided, cx: &Recorded) -> Self {
        Standing::after(row, &event.mark, event.amount, cx)
    }
}

/// Rows that many streams share.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Tally {
    #[key]
    pub(crate) bucket: i64,
    pub(crate) events: i64,
    pub(crate) balance: i64,
}

/// The row of an amount.
pub(crate) fn bucket(amount: i64) -> i64 {
    amount.rem_euclid(BUCKETS)
}

impl Tally {
    fn after(row: Option<Self>, amount: i64) -> Self {
        let (events, balance) = row.map_or((0, 0), |row| (row.events, row.balance));
        Tally {
            bucket: bucket(amount),
            events: events + 1,
            balance: balance + amount,
        }
    }
}

#[projection(name = "tallies", partitions = 2)]
impl Tally {
    #[key(bucket(event.amount))]
    fn moved(row: Option<Self>, event: &Moved) -> Self {
        Tally::after(row, event.amount)
    }
    #[key(bucket(event.amount))]
    fn decided(row: Option<Self>, event: &Decided) -> Self {
        Tally::after(row, event.amount)
    }
}

/// Writes a line for each event into a table of its own, which takes the same position twice.
#[derive(Debug, Default)]
pub(crate) struct Lines;

impl Lines {
    /// What makes the table.
    pub(crate) const TABLE: &'static str =
        "create table prove_lines (position bigint not null, mark text not null)";

    async fn write(mark: &str, cx: &Recorded, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let at = cx.position();
        // Marks are made of letters, digits, dots and slashes.
        let line = format!("insert into prove_lines (position, mark) values ({at}, '{mark}')");
        let line = sqlx::raw_sql(sqlx::AssertSqlSafe(line));
        if let Some(connection) = tx.as_postgres() {
            line.execute(connection).await?;
        } else if let Some(connection) = tx.as_sqlite() {
            line.execute(connection).await?;
        }
        Ok(())
    }
}

#[projection(name = "lines", partitions = 2)]
impl Lines {
    async fn moved(&self, event: &Moved, cx: &Recorded, tx: &mut Tx) -> Result<(), sqlx::Error> {
        Lines::write(&event.mark, cx, tx).await
    }
    async fn decided(
        &self,
        event: &Decided,
        cx: &Recorded,
        tx: &mut Tx,
    ) -> Result<(), sqlx::Error> {
        Lines::write(&event.mark, cx, tx).await
    }
}

/// What every worker runs.
pub(crate) fn app(store: Store) -> App {
    App::new(store)
        .aggregate::<Till>()
        .aggregate::<Ledger>()
        .projection::<Standing>()
        .projection::<Tally>()
        .handler(Lines)
        .lease(LEASE)
}
