use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;

/// A clock that stands still until it is moved. Clones are the same clock.
///
/// ```
/// use annals::Clock;
/// use annals::testing::ManualClock;
/// use chrono::TimeDelta;
///
/// let clock = ManualClock::at("2024-02-29T12:00:00Z".parse()?);
/// clock.advance(TimeDelta::days(1));
/// assert_eq!(clock.now().to_rfc3339(), "2024-03-01T12:00:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<DateTime<Utc>>>);

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn at(time: DateTime<Utc>) -> Self {
        ManualClock(Arc::new(Mutex::new(time)))
    }

    /// Moves the clock to a time, be it earlier or later.
    pub fn set(&self, time: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    /// Moves the clock by a span, which may be negative.
    pub fn advance(&self, span: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += span;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
