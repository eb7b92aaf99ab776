use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::cli::text::plain;
use crate::error::Error;
use crate::projection::parked::{self, ParkedEvent};

/// List events that projections could not handle, and those of the same key that wait behind them.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct List {
    /// One projection. Otherwise all of them.
    projection: Option<String>,

    /// How many are printed at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: u32,
}

impl List {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let List { projection, limit } = self;
        // One more tells whether that is all.
        let mut found = parked::list(app, projection.as_deref(), limit.saturating_add(1)).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_all = found.len() <= limit;
        found.truncate(limit);
        if output.format == Format::Json {
            let events: Vec<_> = found.iter().map(document).collect();
            output.json(&json!({"command": "list", "complete": is_all, "parked": events}));
            return Ok(DONE);
        }
        for event in &found {
            output.line(line(event));
        }
        match (found.is_empty(), is_all) {
            (_, false) => output.message("there are more: raise `--limit`"),
            (true, true) => output.message("nothing is parked"),
            (false, true) => {}
        }
        Ok(DONE)
    }
}

pub(in crate::cli) fn line(of: &ParkedEvent) -> String {
    let mut line = format!(
        "{} v{}  position {}  key {}",
        of.projection,
        of.version,
        of.position,
        plain(&of.key)
    );
    if !of.tenant.is_empty() {
        let _ = write!(line, "  tenant {}", plain(&of.tenant));
    }
    let _ = write!(
        line,
        "  {} of {}: {}",
        plain(&of.event_type),
        plain(&of.stream),
        why(of)
    );
    line
}

/// Why it is parked.
pub(super) fn why(of: &ParkedEvent) -> String {
    match &of.error {
        Some(error) => plain(error).into_owned(),
        None => "waits behind another of its key".to_owned(),
    }
}

pub(in crate::cli) fn document(of: &ParkedEvent) -> Value {
    json!({
        "projection": of.projection,
        "version": of.version,
        "tenant": of.tenant,
        "key": of.key,
        "position": of.position.get(),
        "stream": of.stream,
        "event_type": of.event_type,
        "error": of.error,
        "attempts": of.attempts,
        "parked_at": of.parked_at,
    })
}
