use std::fmt::Write;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::name;
use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::cli::text::time;
use crate::error::Error;
use crate::process::operate::{self, Instances, ListedInstance, NotBegun, Standing};

/// List instances of processes, those first that took a step last.
///
/// Those of which the first event could not be handled come last, unless `--status` is given: they have not begun.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 there is no such process, or the command failed.")]
pub(in crate::cli) struct List {
    /// One process. Otherwise all of them.
    process: Option<String>,

    /// Only those that stand like that.
    #[arg(long, value_enum, value_name = "STATUS")]
    status: Option<Status>,

    /// Only those where something waits for an operator.
    #[arg(long)]
    parked: bool,

    /// How many are printed at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Running,
    Finished,
    Cancelled,
}

impl From<Status> for Standing {
    fn from(status: Status) -> Self {
        match status {
            Status::Running => Standing::Running,
            Status::Finished => Standing::Finished,
            Status::Cancelled => Standing::Cancelled,
        }
    }
}

impl List {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let which = Instances {
            process: self.process,
            standing: self.status.map(Standing::from),
            only_parked: self.parked,
        };
        // One more tells whether that is all.
        let mut found = operate::list(app, &which, self.limit.saturating_add(1)).await?;
        let mut not_begun = match which.standing {
            None => operate::not_begun(app, which.process.as_deref()).await?,
            Some(_) => Vec::new(),
        };
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let is_all = found.len() + not_begun.len() <= limit;
        found.truncate(limit);
        not_begun.truncate(limit - found.len());
        if output.format == Format::Json {
            output.json(&json!({
                "command": "process list",
                "complete": is_all,
                "instances": found.iter().map(document).collect::<Vec<_>>(),
                "not_begun": not_begun.iter().map(not_begun_document).collect::<Vec<_>>(),
            }));
            return Ok(DONE);
        }
        found.iter().for_each(|of| output.line(line(of)));
        not_begun
            .iter()
            .for_each(|of| output.line(not_begun_line(of)));
        match (found.is_empty() && not_begun.is_empty(), is_all) {
            (_, false) => output.message("there are more: raise `--limit`"),
            (true, true) => output.message("there are none"),
            (false, true) => {}
        }
        Ok(DONE)
    }
}

fn line(of: &ListedInstance) -> String {
    let mut line = format!(
        "{}  {}  steps {}  started {}  updated {}",
        name(&of.process, &of.tenant, &of.id),
        of.standing.word(),
        of.steps,
        time(of.started_at),
        time(of.updated_at)
    );
    for (what, number) in [("commands", of.pending), ("parked", of.parked)] {
        if number > 0 {
            let _ = write!(line, "  {what} {number}");
        }
    }
    if let Some(next) = of.next_timer {
        let _ = write!(line, "  timer {}", time(next));
    }
    line
}

fn not_begun_line(of: &NotBegun) -> String {
    let NotBegun {
        process,
        tenant,
        id,
        parked,
        ..
    } = of;
    format!("{}  not begun  parked {parked}", name(process, tenant, id))
}

pub(super) fn document(of: &ListedInstance) -> Value {
    json!({
        "process": of.process,
        "tenant": of.tenant,
        "id": of.id,
        "status": of.standing.word(),
        "steps": of.steps,
        "started_at": of.started_at,
        "updated_at": of.updated_at,
        "pending": of.pending,
        "parked": of.parked,
        "next_timer": of.next_timer,
    })
}

fn not_begun_document(of: &NotBegun) -> Value {
    json!({
        "process": of.process,
        "tenant": of.tenant,
        "id": of.id,
        "parked": of.parked,
    })
}
