//! What is counted and measured of a whole store.

use chrono::{DateTime, Utc};

use super::stream_row::EventCount;

/// How many events of a large store are looked at for an estimate.
const SAMPLE: i64 = 100_000;

/// How many of them lie together.
const CHUNK: i64 = 1000;

/// Position of an event, and when it was recorded.
pub(crate) type End = (i64, DateTime<Utc>);

/// Where the events of all tenants begin and end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    /// The time of the database.
    pub(crate) now: DateTime<Utc>,
    /// The first event and the last one; `None` where there is none.
    pub(crate) events: Option<(End, End)>,
}

/// Which events are counted: those at the first positions of every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) step: i64,
    pub(crate) chunk: i64,
}

impl Sample {
    /// `None` where there are so few events that all are counted.
    pub(crate) fn of(first: i64, last: i64) -> Option<Self> {
        let span = last.saturating_sub(first).saturating_add(1);
        (span > SAMPLE).then_some(Sample {
            first,
            last,
            step: span / (SAMPLE / CHUNK),
            chunk: CHUNK,
        })
    }

    /// What there is of something, given how much of it the sample has.
    pub(crate) fn scaled(self, found: u64) -> u64 {
        let (step, chunk) = (self.step.unsigned_abs(), self.chunk.unsigned_abs());
        let scaled = u128::from(found) * u128::from(step) / u128::from(chunk.max(1));
        u64::try_from(scaled).unwrap_or(u64::MAX)
    }
}

/// How many events and streams there are.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) events: Vec<EventCount>,
    /// By the names of aggregates.
    pub(crate) streams: Vec<(String, u64)>,
}

/// How much room something takes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// The name of the table, or of the file.
    pub name: String,
    /// With its indexes, in bytes.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::Sample;

    #[test]
    fn a_few_events_are_all_counted() {
        assert_eq!(Sample::of(1, 100_000), None);
        assert_eq!(Sample::of(900_001, 1_000_000), None);
    }

    #[test]
    fn a_sample_of_many_is_scaled_to_all() {
        let sample = Sample::of(1, 10_000_000).expect("a sample");
        assert_eq!((sample.step, sample.chunk), (100_000, 1000));
        assert_eq!(sample.scaled(100_000), 10_000_000);
        assert_eq!(sample.scaled(0), 0);
    }
}
