//! The only place that reads the time.

use chrono::{DateTime, Utc};

/// Tells the time. The one of [`Store`](crate::Store) is the system's; tests put their own in its place.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one place")]
        Utc::now()
    }
}
