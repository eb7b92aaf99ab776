use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::cli::process::name;
use crate::cli::text::{due, plain, time};
use crate::error::Error;
use crate::process::operate::{self, WaitingTimer};

/// List the timers of processes, those first that are due first, by the clock of the database.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 there is no such process, or the command failed.")]
pub(in crate::cli) struct List {
    /// One process. Otherwise all of them.
    process: Option<String>,

    /// How many are printed at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: u32,
}

impl List {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let List { process, limit } = self;
        // One more tells whether that is all.
        let found = operate::timers(app, process.as_deref(), limit.saturating_add(1)).await?;
        let (now, mut timers) = (found.now, found.timers);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_all = timers.len() <= limit;
        timers.truncate(limit);
        if output.format == Format::Json {
            let timers: Vec<_> = timers.iter().map(document).collect();
            output.json(&json!({
                "command": "timers list", "complete": is_all, "now": now, "timers": timers,
            }));
            return Ok(DONE);
        }
        for timer in &timers {
            let name = name(&timer.process, &timer.tenant, &timer.id);
            output.line(format_args!("{name}  {}", line(timer, now)));
        }
        match (timers.is_empty(), is_all) {
            (_, false) => output.message("there are more: raise `--limit`"),
            (true, true) => output.message("no timer is set"),
            (false, true) => {}
        }
        Ok(DONE)
    }
}

/// Which timer of its instance it is, and when it is due, or why it failed.
pub(in crate::cli) fn line(of: &WaitingTimer, now: DateTime<Utc>) -> String {
    let name = plain(&of.name);
    match &of.error {
        Some(error) => format!(
            "{name}  was due {}, and failed: {}",
            time(of.due_at),
            plain(error)
        ),
        None => format!("{name}  {}", due(of.due_at, now)),
    }
}

pub(in crate::cli) fn document(of: &WaitingTimer) -> Value {
    json!({
        "process": of.process,
        "tenant": of.tenant,
        "id": of.id,
        "name": of.name,
        "due_at": of.due_at,
        "error": of.error,
    })
}
