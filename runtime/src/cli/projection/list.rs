use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::projection::status::{self, ProjectionStatus};

/// List the projections, version by version: those that the program declares, and those that the database holds.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct List {}

impl List {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let found = status::list(app, None).await?;
        if output.format == Format::Json {
            let projections: Vec<_> = found.iter().map(document).collect();
            output.json(&json!({"command": "list", "projections": projections}));
            return Ok(DONE);
        }
        for of in &found {
            output.line(line(of));
        }
        if found.is_empty() {
            output.message("no projection is declared, and the database holds none");
        }
        Ok(DONE)
    }
}

/// What is to be known of a version in a line.
pub(super) fn line(of: &ProjectionStatus) -> String {
    let mut line = format!("{} v{}: {}", of.projection, of.version, of.standing.word());
    if of.mode != of.standing.word() {
        line.push_str(&format!(", {}", of.mode));
    }
    if of.is_current {
        line.push_str(", current");
    }
    if of.partitions.len() > 1 {
        line.push_str(&format!(", {} partitions", of.partitions.len()));
    }
    if !of.is_declared {
        line.push_str(", not declared");
    }
    line
}

pub(super) fn document(of: &ProjectionStatus) -> Value {
    json!({
        "projection": of.projection,
        "version": of.version,
        "mode": of.mode,
        "status": of.standing.word(),
        "current": of.is_current,
        "declared": of.is_declared,
        "partitions": of.partitions.len(),
    })
}
