use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::migrate;

/// Print the SQL of all tables on a new database, those of annals and those of the projections that this program declares: for
/// those whose administrator reads or runs it. The database is not asked.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Print {}

impl Print {
    pub(super) fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let sql = migrate::sql(app)?;
        match output.format {
            Format::Json => output.json(&json!({"command": "print", "sql": sql})),
            Format::Text | Format::Github => output.line(sql.trim_end()),
        }
        Ok(DONE)
    }
}
