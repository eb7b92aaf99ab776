use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::migrate;

/// Let a projection go on that was paused, or that stopped at an event: the version that this program declares, or else the
/// current one.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Resume {
    /// The projection.
    projection: String,
}

impl Resume {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let projection = self.projection;
        let version = migrate::resume(app, &projection).await?;
        match output.format {
            Format::Json => output
                .json(&json!({"command": "resume", "projection": projection, "version": version})),
            Format::Text | Format::Github => {
                output.line(format_args!("{projection} v{version} goes on"));
            }
        }
        Ok(DONE)
    }
}
