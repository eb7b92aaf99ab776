//! How far a migration has come: a bar on a terminal, and a line now and then in a log.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::{Format, Output};
use crate::migrate::{Progress, Stage};

/// Rare enough to keep a log short.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Shows how far a migration has come, beside the output.
pub(in crate::cli) enum Bar<'a, 'o> {
    Drawn(ProgressBar),
    Lines {
        output: &'a mut Output<'o>,
        next: Instant,
    },
    /// For programs that read the document at the end.
    Silent,
}

impl<'a, 'o> Bar<'a, 'o> {
    pub(in crate::cli) fn new(output: &'a mut Output<'o>) -> Self {
        if output.format == Format::Json {
            return Bar::Silent;
        }
        if !std::io::stderr().is_terminal() {
            let next = Instant::now() + BETWEEN_LINES;
            return Bar::Lines { output, next };
        }
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}") {
            bar.set_style(style);
        }
        Bar::Drawn(bar)
    }

    pub(in crate::cli) fn show(&mut self, state: &Progress) {
        match self {
            Bar::Drawn(bar) => {
                bar.set_length(state.target);
                bar.set_position(state.position);
                bar.set_message(line(state));
            }
            Bar::Lines { output, next } => {
                let now = Instant::now();
                if now >= *next {
                    *next = now + BETWEEN_LINES;
                    output.message(line(state));
                }
            }
            Bar::Silent => {}
        }
    }

    /// Takes the bar away.
    pub(in crate::cli) fn finish(self) {
        if let Bar::Drawn(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn line(state: &Progress) -> String {
    let of = format!("{} v{}", state.projection, state.version);
    let doing = match state.stage {
        Stage::Waiting => return format!("{of}: waiting for another migration"),
        Stage::Indexing => return format!("{of}: making indexes"),
        Stage::Switching => return format!("{of}: waiting to be shown"),
        Stage::Building => "built",
        Stage::Verifying => "verified",
    };
    let Progress {
        events,
        position,
        target,
        ..
    } = state;
    let left = state.left().map(|left| format!(", {} left", rounded(left)));
    format!(
        "{of}: {doing} up to position {position} of {target}, {events} events, {:.0}/s{}",
        state.rate(),
        left.unwrap_or_default()
    )
}

fn rounded(left: Duration) -> String {
    let seconds = (left + Duration::from_millis(500)).as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::line;
    use crate::migrate::{Progress, Stage};

    fn progress(stage: Stage) -> Progress {
        Progress {
            projection: "balances".to_owned(),
            version: 2,
            stage,
            from: 1000,
            position: 3000,
            target: 7000,
            events: 500,
            elapsed: Duration::from_secs(50),
        }
    }

    #[test]
    fn a_line_has_rate_and_time_left() {
        assert_eq!(
            line(&progress(Stage::Building)),
            "balances v2: built up to position 3000 of 7000, 500 events, 10/s, 1 min 40 s left"
        );
        let done = Progress {
            position: 1000,
            elapsed: Duration::ZERO,
            ..progress(Stage::Verifying)
        };
        assert!(
            line(&done)
                .starts_with("balances v2: verified up to position 1000 of 7000, 500 events, ")
        );
        assert!(!line(&done).contains("left"));
    }

    #[test]
    fn a_stage_without_events_is_named() {
        assert_eq!(
            line(&progress(Stage::Indexing)),
            "balances v2: making indexes"
        );
    }
}
