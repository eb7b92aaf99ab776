//! Two clocks: the one by which calls of all processes are put in order, and the one of annals, which is put wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use annals::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds on a clock that never goes back and that is the same for all processes of the machine.
pub(crate) fn now() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// A clock that is off, by what it was told last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skewed(Arc<AtomicI64>);

impl Skewed {
    /// Puts it off by so many milliseconds.
    pub(crate) fn set(&self, milliseconds: i64) {
        self.0.store(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for Skewed {
    fn now(&self) -> DateTime<Utc> {
        let time = clock_gettime(ClockId::Realtime);
        let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
        let time = DateTime::from_timestamp(time.tv_sec, nanoseconds).unwrap_or_default();
        time + TimeDelta::milliseconds(self.0.load(Ordering::SeqCst))
    }
}
