use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::confirm::Confirm;
use crate::cli::migrate::Bar;
use crate::cli::output::{Format, Output};
use crate::cli::{DONE, FAILED};
use crate::error::Error;
use crate::migrate;

/// Make the rows of a projection anew, in place, in the version that this program declares.
///
/// For a projection in development, and for a table that was damaged. All rows are made in memory, and replaced in one
/// transaction; readers see the old ones until then. To build more rows than fit into memory, raise the version, and run
/// `migrate run`.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed, or was not confirmed.")]
pub(in crate::cli) struct Rebuild {
    /// The projection.
    projection: String,

    #[command(flatten)]
    confirm: Confirm,
}

impl Rebuild {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Rebuild {
            projection,
            confirm,
        } = self;
        let question = format!("Replace all rows of projection `{projection}`?");
        if !confirm.is_given(&question, output) {
            return Ok(FAILED);
        }
        let mut bar = Bar::new(output);
        let rebuilt = migrate::rebuild(app, &projection, &mut |state| bar.show(state)).await;
        bar.finish();
        let rows = rebuilt?;
        match output.format {
            Format::Json => {
                output.json(&json!({"command": "rebuild", "projection": projection, "rows": rows}));
            }
            Format::Text | Format::Github => {
                output.line(format_args!("{projection}: {rows} rows were made anew"));
            }
        }
        Ok(DONE)
    }
}
