use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::confirm::Confirm;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FAILED};
use crate::error::Error;
use crate::migrate;

/// Remove a version of a projection with its table, its checkpoints and its parked events: one that is not shown.
///
/// First stop the releases that declare it. They cannot be rolled back to afterwards without building it again.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  done
  2  there is no such version, it is shown or followed, it was not confirmed, or the command failed")]
pub(in crate::cli) struct Drop {
    /// The projection.
    projection: String,

    /// The version to remove.
    #[arg(long, value_name = "VERSION")]
    version: u32,

    #[command(flatten)]
    confirm: Confirm,
}

impl Drop {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Drop {
            projection,
            version,
            confirm,
        } = self;
        let question =
            format!("Remove version {version} of projection `{projection}` with its table?");
        if !confirm.is_given(&question, output) {
            return Ok(FAILED);
        }
        migrate::drop_version(app, &projection, version).await?;
        match output.format {
            Format::Json => output
                .json(&json!({"command": "drop", "projection": projection, "version": version})),
            Format::Text | Format::Github => {
                output.line(format_args!("{projection} v{version} is removed"));
            }
        }
        Ok(DONE)
    }
}
