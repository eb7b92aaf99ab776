use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::migrate;

/// Halt a projection: the version that this program declares, or else the current one. Workers leave it after the page at hand.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Pause {
    /// The projection.
    projection: String,
}

impl Pause {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let projection = self.projection;
        let version = migrate::pause(app, &projection).await?;
        match output.format {
            Format::Json => output
                .json(&json!({"command": "pause", "projection": projection, "version": version})),
            Format::Text | Format::Github => {
                output.line(format_args!("{projection} v{version} is paused"));
            }
        }
        Ok(DONE)
    }
}
