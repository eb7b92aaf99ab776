//! Time, memory and processors of what is measured.

use std::fs;
use std::time::{Duration, Instant};

use crate::Processors;

/// Runs from the moment it is made.
#[derive(Debug)]
pub struct Meter {
    begun: Instant,
    /// Resident memory at the beginning, in MiB.
    rss: f64,
    processors: Option<Processors>,
}

/// What a meter has seen.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub elapsed: Duration,
    /// How far the peak of the resident memory was above its size at the beginning, in MiB.
    pub rss_growth: f64,
    /// `None` on systems that do not tell.
    pub processors: Option<Processors>,
}

impl Meter {
    pub fn start() -> Self {
        // From here on the kernel counts the peak anew. Where it does not know how, the peak is that of the whole program.
        let _ = fs::write("/proc/self/clear_refs", "5");
        let rss = status("VmRSS:");
        let processors = Processors::now();
        Meter {
            begun: Instant::now(),
            rss,
            processors,
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub fn stop(self) -> Measured {
        let elapsed = self.begun.elapsed();
        let now = Processors::now();
        Measured {
            elapsed,
            processors: now.and_then(|now| Some(now.since(self.processors?))),
            rss_growth: (status("VmHWM:") - self.rss).max(0.0),
        }
    }
}

/// A line of the program's status, in MiB; 0 on systems that have none.
fn status(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| {
        line.trim()
            .trim_end_matches(" kB")
            .trim()
            .parse::<f64>()
            .ok()
    });
    kib.unwrap_or_default() / 1024.0
}
