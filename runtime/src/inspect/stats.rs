use chrono::{DateTime, TimeDelta, Utc};

use super::{EventCount, Size, open};
use crate::app::App;
use crate::error::Error;
use crate::store::Store;
use crate::store::survey::{Ends, Sample};
use crate::stream::Position;

/// So many events are counted one by one.
const COUNTED: i64 = 100_000;

/// What is stored, of all tenants.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stats {
    /// Whether the numbers of events and streams were counted. Otherwise they are estimates, from 100 000 events that were
    /// taken from everywhere: positions that no event has make them a little too high or too low.
    pub is_exact: bool,
    /// How many events there are.
    pub events: u64,
    /// The events by type and version, by name. An estimate leaves out what is rare.
    pub by_type: Vec<EventCount>,
    /// The streams by aggregate, by name. An estimate leaves out what is rare.
    pub streams: Vec<StreamCount>,
    /// Position and time of recording of the first event; `None` where there is none.
    pub first: Option<(Position, DateTime<Utc>)>,
    /// Position and time of recording of the last event; `None` where there is none.
    pub last: Option<(Position, DateTime<Utc>)>,
    /// The events of the last hour, by the clock of the database.
    pub last_hour: Recent,
    /// The events of the last 24 hours, by the clock of the database.
    pub last_day: Recent,
    /// How much room the tables take with their indexes; on SQLite, the file.
    pub sizes: Vec<Size>,
}

/// The number of an aggregate's streams.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamCount {
    /// The name of the aggregate.
    pub aggregate: String,
    /// How many streams with events it has.
    pub streams: u64,
}

/// The number of events that are not older than a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recent {
    /// How many there are.
    pub events: u64,
    /// Whether they were counted. Otherwise it is the number of positions since that time, some of which no event may have.
    pub is_exact: bool,
}

/// Counts and measures the whole store. Without `exact` it reads a bounded part of a store of any size.
///
/// Recent events are found by their positions, with which times of recording rise, but for appends that were under way
/// together.
///
/// # Errors
/// Where the store cannot be opened or fails.
pub async fn stats(app: &App, exact: bool) -> Result<Stats, Error> {
    let store = open(app, "").await?;
    let backend = &store.inner.backend;
    let ends = backend.ends().await?;
    let sample = ends
        .events
        .and_then(|((first, _), (last, _))| Sample::of(first, last));
    let sample = sample.filter(|_| !exact);
    let counted = backend.count(sample).await?;
    let scaled = |found| sample.map_or(found, |sample| sample.scaled(found));
    let by_type: Vec<_> = counted
        .events
        .into_iter()
        .map(|count| EventCount {
            events: scaled(count.events),
            ..count
        })
        .collect();
    let streams = counted.streams.into_iter();
    let streams = streams.map(|(aggregate, streams)| StreamCount {
        aggregate,
        streams: scaled(streams),
    });
    let end = |(position, at): (i64, _)| (Position::new(position.unsigned_abs()), at);
    Ok(Stats {
        is_exact: sample.is_none(),
        events: by_type.iter().map(|count| count.events).sum(),
        by_type,
        streams: streams.collect(),
        first: ends.events.map(|(first, _)| end(first)),
        last: ends.events.map(|(_, last)| end(last)),
        last_hour: recent(&store, &ends, TimeDelta::hours(1), exact).await?,
        last_day: recent(&store, &ends, TimeDelta::days(1), exact).await?,
        sizes: backend.sizes().await?,
    })
}

async fn recent(store: &Store, ends: &Ends, age: TimeDelta, exact: bool) -> Result<Recent, Error> {
    let backend = &store.inner.backend;
    let last = ends.events.map_or(0, |(_, (last, _))| last);
    let from = backend.position_at(ends.now - age).await?;
    let positions = from.map_or(0, |from| (last - from).saturating_add(1).max(0));
    match from {
        Some(from) if exact || positions <= COUNTED => Ok(Recent {
            events: backend.count_from(from).await?,
            is_exact: true,
        }),
        _ => Ok(Recent {
            events: positions.unsigned_abs(),
            is_exact: positions == 0,
        }),
    }
}
