//! What a program answers: one line of JSON for each figure.

use std::fmt::Write;
use std::time::Duration;

use crate::{Measured, Processors};

/// One figure of one run.
#[derive(Debug, Clone)]
pub struct Figure {
    workload: String,
    value: f64,
    unit: &'static str,
    /// Of the single calls, in milliseconds.
    percentiles: Option<(f64, f64)>,
    rss_growth: f64,
    /// Microseconds of the processors for each that was done.
    processors: Option<Processors>,
    /// Calls that failed, or had to be repeated, because another writer was faster.
    conflicts: Option<u64>,
    /// What a reader of the table should know.
    remark: Option<String>,
}

impl Figure {
    /// So many in the time measured.
    pub fn rate(workload: &str, done: usize, unit: &'static str, measured: &Measured) -> Self {
        let each = |seconds: f64| seconds * 1e6 / done.max(1) as f64;
        let processors = measured.processors.map(|all| Processors {
            client: each(all.client),
            server: each(all.server),
        });
        let rate = done as f64 / measured.elapsed.as_secs_f64();
        Figure {
            processors,
            ..Figure::new(workload, rate, unit, measured)
        }
    }

    pub fn new(workload: &str, value: f64, unit: &'static str, measured: &Measured) -> Self {
        Figure {
            workload: workload.to_owned(),
            value,
            unit,
            percentiles: None,
            rss_growth: measured.rss_growth,
            processors: None,
            conflicts: None,
            remark: None,
        }
    }

    /// With the median and the 99th percentile of how long the single calls took.
    #[must_use]
    pub fn latencies(mut self, mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        let at = |share: f64| {
            let index = (latencies.len().saturating_sub(1)) as f64 * share;
            let found = latencies.get(index as usize);
            found.map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
        };
        self.percentiles = Some((at(0.5), at(0.99)));
        self
    }

    #[must_use]
    pub fn conflicts(mut self, conflicts: u64) -> Self {
        self.conflicts = Some(conflicts);
        self
    }

    #[must_use]
    pub fn remark(mut self, remark: impl Into<String>) -> Self {
        self.remark = Some(remark.into());
        self
    }

    /// Prints it as a line.
    pub fn print(&self) {
        let mut line = format!(
            r#"{{"workload":{:?},"value":{},"unit":{:?},"rss_growth_mib":{:.1}"#,
            self.workload, self.value, self.unit, self.rss_growth
        );
        if let Some((p50, p99)) = self.percentiles {
            let _ = write!(line, r#","p50_ms":{p50:.3},"p99_ms":{p99:.3}"#);
        }
        if let Some(Processors { client, server }) = self.processors {
            let _ = write!(line, r#","client_us":{client:.3},"server_us":{server:.3}"#);
        }
        if let Some(conflicts) = self.conflicts {
            let _ = write!(line, r#","conflicts":{conflicts}"#);
        }
        if let Some(remark) = &self.remark {
            let _ = write!(line, r#","remark":{remark:?}"#);
        }
        println!("{line}}}");
    }
}
