use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::confirm::Confirm;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FAILED};
use crate::error::Error;
use crate::migrate;

/// Say that the changed handlers of a projection make the same rows as those that the database has: nothing is built anew.
///
/// Nobody checks that. Where it is not so, rows of before and after the change stand side by side from then on.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed, or was not confirmed.")]
pub(in crate::cli) struct Accept {
    /// The projection.
    projection: String,

    #[command(flatten)]
    confirm: Confirm,
}

impl Accept {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Accept {
            projection,
            confirm,
        } = self;
        let question = format!(
            "Do the changed handlers of projection `{projection}` make the rows that are there?"
        );
        if !confirm.is_given(&question, output) {
            return Ok(FAILED);
        }
        let version = migrate::accept(app, &projection).await?;
        match output.format {
            Format::Json => output
                .json(&json!({"command": "accept", "projection": projection, "version": version})),
            Format::Text | Format::Github => output.line(format_args!(
                "{projection} v{version} is taken for what the handlers make"
            )),
        }
        Ok(DONE)
    }
}
