use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::migrate;

/// Show the version of a projection that this program declares, which is built already: what `migrate run --no-switch` left.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Promote {
    /// The projection.
    projection: String,
}

impl Promote {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let projection = self.projection;
        let version = migrate::promote(app, &projection).await?;
        match output.format {
            Format::Json => output
                .json(&json!({"command": "promote", "projection": projection, "version": version})),
            Format::Text | Format::Github => {
                output.line(format_args!("{projection} v{version} is shown"));
            }
        }
        Ok(DONE)
    }
}
