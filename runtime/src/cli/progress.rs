//! How far a long command is, on the standard error.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::transfer::{Phase, Progress as State};

/// Rare enough to keep a log short.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// A bar for a terminal; for a log, a line now and then.
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines(Mutex<Instant>),
}

impl Progress {
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Progress::Lines(Mutex::new(Instant::now() + BETWEEN_LINES));
        }
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent:>3}%  {msg}  ETA {eta}")
        {
            bar.set_style(style);
        }
        Progress::Bar(bar)
    }

    pub(super) fn show(&self, state: &State) {
        match self {
            Progress::Bar(bar) => {
                bar.set_length(state.until.get());
                bar.set_position(state.position.get());
                bar.set_message(line(state));
            }
            Progress::Lines(next) => {
                let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                let now = Instant::now();
                if now >= *next {
                    *next = now + BETWEEN_LINES;
                    // A log that cannot be written must not end the command.
                    let _ = writeln!(std::io::stderr(), "{}", line(state));
                }
            }
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Progress::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn line(state: &State) -> String {
    let done = match state.phase {
        Phase::Copy => "copied",
        Phase::Verify => "compared",
    };
    let (events, position, until) = (state.events, state.position, state.until);
    let line = format!("{done} {events} events, at position {position} of {until}");
    match state.tenants {
        0 | 1 => line,
        tenants => format!("{line}, tenant {} of {tenants}", state.tenant),
    }
}
