//! How far an import is.

use std::cell::Cell;
use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// A bar for a terminal; for a log, a line now and then.
pub enum Progress {
    Bar(ProgressBar),
    Lines {
        total: u64,
        done: Cell<u64>,
        start: Instant,
        next: Cell<Instant>,
    },
    /// For imports that are part of something else.
    Silent,
}

/// Rare enough to keep a log short; an import of a year takes a few of them at most.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

impl Progress {
    /// Progress on the standard error, in the form that suits it.
    pub fn new(total: u64) -> Self {
        if !io::stderr().is_terminal() {
            let start = Instant::now();
            return Progress::Lines {
                total,
                done: Cell::new(0),
                start,
                next: Cell::new(start + BETWEEN_LINES),
            };
        }
        let template = "{bar:40} {percent:>3}%  {pos} of {len}  {rate}  ETA {eta}";
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(
                style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
                    // A bar without its rate is still a bar.
                    let _ = write!(out, "{:.0}/s", state.per_sec());
                }),
            );
        }
        Progress::Bar(bar)
    }

    /// One more is done.
    pub fn advance(&self) {
        match self {
            Progress::Bar(bar) => bar.inc(1),
            Progress::Lines {
                total,
                done,
                start,
                next,
            } => {
                done.set(done.get() + 1);
                let now = Instant::now();
                if now >= next.get() {
                    next.set(now + BETWEEN_LINES);
                    // A log that cannot be written must not end the import.
                    let line = line(done.get(), *total, now - *start);
                    let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("{line}\n"));
                }
            }
            Progress::Silent => {}
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Progress::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn line(done: u64, total: u64, elapsed: Duration) -> String {
    let left = elapsed.as_secs_f64() / done.max(1) as f64 * total.saturating_sub(done) as f64;
    format!(
        "imported {done} of {total}, {}/s, {left:.0} s left",
        rate(done, elapsed)
    )
}

/// Whole things a second.
pub fn rate(done: u64, elapsed: Duration) -> u64 {
    (done as f64 / elapsed.as_secs_f64().max(0.001)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_rate_and_time_left() {
        assert_eq!(
            line(1000, 5000, Duration::from_secs(2)),
            "imported 1000 of 5000, 500/s, 8 s left"
        );
    }

    #[test]
    fn nothing_done_yet_is_no_division_by_zero() {
        assert_eq!(
            line(0, 10, Duration::ZERO),
            "imported 0 of 10, 0/s, 0 s left"
        );
    }
}
