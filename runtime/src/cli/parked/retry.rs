use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FOUND};
use crate::error::Error;
use crate::projection::parked;

/// Try parked events of a projection again, those of each key in their order, with the handlers of this program.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all of them were handled, or there were none
  1  some could not be handled, and stay parked with what comes after them
  2  the command failed")]
pub(in crate::cli) struct Retry {
    /// The projection, which this program declares.
    projection: String,

    /// Only those of this key, as `parked list` prints it.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

impl Retry {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Retry { projection, key } = self;
        let retried = parked::retry(app, &projection, key.as_deref()).await?;
        let (handled, parked) = (retried.handled, retried.parked);
        match output.format {
            Format::Json => output.json(&json!({
                "command": "retry", "projection": projection, "handled": handled, "parked": parked,
            })),
            Format::Text | Format::Github => output.line(format_args!(
                "{projection}: {handled} handled, {parked} parked still"
            )),
        }
        Ok(if parked == 0 { DONE } else { FOUND })
    }
}
