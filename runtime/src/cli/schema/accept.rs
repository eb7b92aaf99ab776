use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;

/// Let this release store what older releases cannot read.
///
/// A release is refused at its start where one that may still run could not read what it stores. Run this once all of those
/// are out of service; from then on they are refused instead.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Accept {}

impl Accept {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let accepted = app.accept().await?;
        if output.format == Format::Json {
            output.json(&json!({"command": "accept", "accepted": accepted}));
            return Ok(DONE);
        }
        for change in &accepted {
            output.line(change);
        }
        output.message(match accepted.is_empty() {
            true => "nothing to accept: older releases can read what this one stores",
            false => "accepted: older releases are refused from now on",
        });
        Ok(DONE)
    }
}
