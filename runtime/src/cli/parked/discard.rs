use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::confirm::Confirm;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FAILED};
use crate::error::Error;
use crate::projection::parked;
use crate::stream::Position;

/// Give a parked event up: it will never be in the rows of the projection. The event itself stays stored.
///
/// Later ones of its key go on waiting until `parked retry`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, 2 no such event is parked, it was not confirmed, or the command failed."
)]
pub(in crate::cli) struct Discard {
    /// The projection.
    projection: String,

    /// The position of the event.
    position: u64,

    /// Only for this key, where the event is parked for several.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,

    #[command(flatten)]
    confirm: Confirm,
}

impl Discard {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Discard {
            projection,
            position,
            key,
            confirm,
        } = self;
        let question = format!(
            "Leave the event at position {position} out of the rows of projection `{projection}` for good?"
        );
        if !confirm.is_given(&question, output) {
            return Ok(FAILED);
        }
        let at = Position::new(position);
        let discarded = parked::discard(app, &projection, at, key.as_deref()).await?;
        match output.format {
            Format::Json => output.json(&json!({
                "command": "discard", "projection": projection, "position": position, "discarded": discarded,
            })),
            Format::Text | Format::Github => {
                let keys = if discarded == 1 { "key" } else { "keys" };
                output.line(format_args!(
                    "{projection}: position {position} is given up, for {discarded} {keys}"
                ));
                output.message(format_args!(
                    "what waited behind it goes on with `parked retry {projection}`"
                ));
            }
        }
        Ok(DONE)
    }
}
