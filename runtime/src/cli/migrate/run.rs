use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::plan;
use super::progress::Bar;
use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::migrate::{self, Outcome, Verification};

/// Bring the database up to what this program declares: make the tables of annals, build new versions of projections beside
/// those that are in use, verify them, and show them.
///
/// Releases that run go on meanwhile, with the versions that they declare. Killed, it goes on where it was when it is run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  done, or there was nothing to do
  1  a step is refused, and nothing was done
  2  the command failed; what was shown before is shown still
  3  with `--dry-run`: there is something to do")]
pub(in crate::cli) struct Run {
    /// How new versions are verified before they are shown.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    verify: Verify,

    /// Build and verify, and leave to `projection promote` to show what was built.
    #[arg(long)]
    no_switch: bool,

    /// Print what would be done, and do nothing: the same as `migrate plan`.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Verify {
    /// Not at all.
    Skip,
    /// Count the rows.
    #[default]
    Count,
    /// Fold all events a second time, and compare each row: takes about as long as the build, and the memory of all rows.
    Full,
}

impl From<Verify> for Verification {
    fn from(verify: Verify) -> Self {
        match verify {
            Verify::Skip => Verification::Skip,
            Verify::Count => Verification::Count,
            Verify::Full => Verification::Full,
        }
    }
}

impl Run {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let plan = migrate::plan(app).await?;
        if self.dry_run || plan.refused().next().is_some() {
            return Ok(plan::show(&plan, output));
        }
        let mut run = migrate::Run::new().verify(self.verify.into());
        if self.no_switch {
            run = run.without_switch();
        }
        let mut bar = Bar::new(output);
        let outcomes = migrate::run(app, run, &mut |state| bar.show(state)).await;
        bar.finish();
        let outcomes = outcomes?;
        if output.format == Format::Json {
            let done: Vec<_> = outcomes.iter().map(document).collect();
            output.json(&json!({"command": "run", "tables": plan.tables, "done": done}));
            return Ok(DONE);
        }
        if plan.tables {
            output.line("tables of annals: made, or brought up to this release");
        }
        for outcome in &outcomes {
            print(outcome, output);
        }
        if outcomes.is_empty() {
            output.message("all projections are up to date");
        }
        Ok(DONE)
    }
}

fn print(of: &Outcome, output: &mut Output<'_>) {
    let (projection, version) = (&of.step.projection, of.step.version);
    let rows = match of.rows {
        Some(rows) => format!(", {rows} rows"),
        None => String::new(),
    };
    let shown = if of.is_shown {
        "shown"
    } else {
        "not shown yet"
    };
    output.line(format_args!(
        "{projection} v{version}: {} events{rows} in {:.1} s; {shown}",
        of.events,
        of.elapsed.as_secs_f64()
    ));
    if of.parked > 0 {
        output.line(format_args!(
            "  parked: {}; see `parked list {projection}`",
            of.parked
        ));
    }
    if !of.is_shown {
        output.line(format_args!(
            "  show it with `projection promote {projection}`"
        ));
    }
}

fn document(of: &Outcome) -> Value {
    json!({
        "step": plan::document(&of.step),
        "events": of.events,
        "rows": of.rows,
        "seconds": of.elapsed.as_secs_f64(),
        "parked": of.parked,
        "shown": of.is_shown,
    })
}
