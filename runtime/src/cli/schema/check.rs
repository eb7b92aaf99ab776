use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::difference;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FOUND, ROLL_OUT};
use crate::error::Error;
use crate::schema::{self, Baseline, Stage};

/// Say what must not be released yet, one line each.
///
/// Compares what the program declares with the lock: drafts that nobody locked, locked versions that were amended, and
/// changes that something stored does not survive.
///
/// With `--against`: compares the lock as it is now with that of another time, and says of each change who can read what.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing to report; with `--against`: every change is FULL
  1  something must not be released; with `--against`: new code cannot read what was stored
  2  the command failed
  3  with `--against`: older releases cannot read what new code stores: take them out of service first")]
pub(in crate::cli) struct Check {
    /// A folder that holds a lock, or a revision of git, like `main` or `v1.2.0`.
    #[arg(long, value_name = "FOLDER OR REVISION")]
    against: Option<String>,
}

impl Check {
    pub(super) fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self.against {
            Some(then) => against(app, &then, output),
            None => pending(app, output),
        }
    }
}

fn pending(app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
    let pending = schema::check(app)?;
    let is_clean = pending.is_clean();
    if output.format == Format::Json {
        let differences: Vec<_> = pending
            .findings()
            .map(|one| difference::finding(&one))
            .collect();
        output.json(&json!({"command": "check", "clean": is_clean, "differences": differences}));
    } else {
        for finding in pending.findings() {
            difference::print_finding(output, &finding);
        }
        let count = |stage| {
            pending
                .differences()
                .filter(|one| one.stage() == stage)
                .count()
        };
        let stages = [Stage::Draft, Stage::Amendment, Stage::Breaking];
        let counts = stages.map(|stage| format!("{} {}", count(stage), stage.word()));
        match is_clean {
            true => output.message("everything is locked"),
            false => output.message(format_args!("not to be released: {}", counts.join(", "))),
        }
    }
    Ok(if is_clean { DONE } else { FOUND })
}

fn against(app: &App, then: &str, output: &mut Output<'_>) -> Result<u8, Error> {
    let found = schema::check_against(app, &Baseline::from(then))?;
    let (backward, forward) = (found.is_backward(), found.is_forward());
    if output.format == Format::Json {
        let differences = found.differences.iter();
        let differences: Vec<_> = differences
            .map(|one| difference::json(one, one.rule.cure))
            .collect();
        output.json(&json!({
            "command": "check",
            "against": then,
            "backward": backward,
            "forward": forward,
            "differences": differences,
        }));
    } else {
        for one in &found.differences {
            difference::print_change(output, one);
        }
        output.message(match (found.differences.is_empty(), backward, forward) {
            (true, ..) => format!("nothing has changed since `{then}`"),
            (_, false, _) => format!("new code cannot read all that was stored by `{then}`"),
            (_, true, false) => format!(
                "code of `{then}` cannot read all that is stored now: take it out of service first"
            ),
            (_, true, true) => format!("new code and code of `{then}` read each other"),
        });
    }
    Ok(match (backward, forward) {
        (false, _) => FOUND,
        (true, false) => ROLL_OUT,
        (true, true) => DONE,
    })
}
