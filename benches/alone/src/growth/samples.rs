//! Many durations of the same call.

use std::time::Duration;

#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// In microseconds, what so large a part of the calls took at most: half of them at 0.5.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let nth = (part * sorted.len() as f64).ceil() as usize;
        let took = sorted.get(nth.saturating_sub(1)).copied();
        took.unwrap_or_default().as_secs_f64() * 1e6
    }
}
