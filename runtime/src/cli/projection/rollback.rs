use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::confirm::Confirm;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FAILED};
use crate::error::Error;
use crate::migrate;

/// Show the version of a projection before the current one again.
///
/// It is shown once it is no further behind than the current one: a version that this program declares is brought there, another
/// one has to be followed by a release that declares it.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  done
  2  there is no such version, it does not get as far as the current one in time, it was not confirmed, or the command failed")]
pub(in crate::cli) struct Rollback {
    /// The projection.
    projection: String,

    /// The version to show. Otherwise the newest one before the current one.
    #[arg(long, value_name = "VERSION")]
    to: Option<u32>,

    #[command(flatten)]
    confirm: Confirm,
}

impl Rollback {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Rollback {
            projection,
            to,
            confirm,
        } = self;
        let version = match to {
            Some(version) => format!("version {version}"),
            None => "the version before the current one".to_owned(),
        };
        let question = format!("Show {version} of projection `{projection}`?");
        if !confirm.is_given(&question, output) {
            return Ok(FAILED);
        }
        let version = migrate::rollback(app, &projection, to).await?;
        match output.format {
            Format::Json => output.json(
                &json!({"command": "rollback", "projection": projection, "version": version}),
            ),
            Format::Text | Format::Github => {
                output.line(format_args!("{projection} v{version} is shown"));
            }
        }
        Ok(DONE)
    }
}
