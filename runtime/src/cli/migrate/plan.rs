use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FOUND, TO_DO};
use crate::error::Error;
use crate::migrate::{self, Action, Step};

/// Print what `migrate run` would do: for the tables of annals, and for each projection that this program declares.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  there is nothing to do
  1  a step is refused: `migrate run` would do nothing at all
  2  the command failed
  3  there is something to do")]
pub(in crate::cli) struct Plan {}

impl Plan {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let plan = migrate::plan(app).await?;
        Ok(show(&plan, output))
    }
}

/// Prints a plan. Answers the exit code that says what it holds.
pub(super) fn show(plan: &migrate::Plan, output: &mut Output<'_>) -> u8 {
    let code = match (plan.refused().next().is_some(), plan.is_empty()) {
        (true, _) => FOUND,
        (false, true) => DONE,
        (false, false) => TO_DO,
    };
    if output.format == Format::Json {
        let steps: Vec<_> = plan.steps.iter().map(document).collect();
        output.json(&json!({"command": "plan", "tables": plan.tables, "steps": steps}));
        return code;
    }
    if plan.tables {
        output.line("tables of annals: make them, or bring them up to this release");
    }
    for step in &plan.steps {
        output.line(step);
        if let Action::Refuse { cure, .. } = &step.action {
            output.line(format_args!("  help: {cure}"));
        }
    }
    output.message(match code {
        FOUND => "refused: nothing is done before that is settled",
        TO_DO => "to be done by `migrate run`",
        _ => "nothing to do",
    });
    code
}

pub(super) fn document(step: &Step) -> Value {
    let (mut position, mut refusal) = (None, None);
    let action = match &step.action {
        Action::Nothing => "nothing",
        Action::Live => "live",
        Action::Build => "build",
        Action::GoOn(at) => {
            position = Some(at);
            "go-on"
        }
        Action::Switch => "switch",
        Action::Refuse { why, cure } => {
            refusal = Some((why, cure));
            "refuse"
        }
    };
    json!({
        "projection": step.projection,
        "version": step.version,
        "current": step.current,
        "action": action,
        "position": position,
        "why": refusal.map(|(why, _)| why),
        "cure": refusal.map(|(_, cure)| cure),
    })
}
