//! What is kept beside the events, by annals.

pub(crate) mod accounts;
mod inline;
mod lines;

use annals::App;
use annals::prelude::*;
use std::time::Duration;

use crate::aggregates::{Ledger, Purse, Till};
use crate::domain::{Decided, Moved, Paid, State};
use crate::plant::Plant;

pub(crate) use inline::Content;
pub(crate) use lines::Lines;

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
        Standing::after(row, &event.mark, event.amount(), cx)
    }
    #[key(cx.stream().to_string())]
    fn decided(row: Option<Self>, event: &Decided, cx: &Recorded) -> Self {
        Standing::after(row, &event.mark, event.amount, cx)
    }
    #[key(cx.stream().to_string())]
    fn paid(row: Option<Self>, event: &Paid, cx: &Recorded) -> Self {
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
    #[key(bucket(event.amount()))]
    fn moved(row: Option<Self>, event: &Moved) -> Self {
        Tally::after(row, event.amount())
    }
    #[key(bucket(event.amount))]
    fn decided(row: Option<Self>, event: &Decided) -> Self {
        Tally::after(row, event.amount)
    }
    #[key(bucket(event.amount))]
    fn paid(row: Option<Self>, event: &Paid) -> Self {
        Tally::after(row, event.amount)
    }
}

/// What a program consists of.
pub(crate) fn app(store: Store, release: u32, plant: Option<Plant>) -> App {
    let mut app = App::new(store)
        .aggregate::<Till>()
        .aggregate::<Ledger>()
        .aggregate::<Purse>()
        .projection::<Standing>()
        .projection::<Tally>()
        .handler(Lines)
        .lease(LEASE);
    if plant != Some(Plant::InlineForgotten) {
        app = app.projection::<Content>();
    }
    if release == 1 {
        app.projection::<accounts::first::Account>()
    } else {
        app.projection::<accounts::second::Account>()
    }
}
