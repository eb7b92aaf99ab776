use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::migrate;

/// Print the SQL of roles on PostgreSQL with as few rights as their work needs, a reader, a writer, a projector and an owner: for
/// those whose administrator runs it. The database is not asked.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Roles {}

impl Roles {
    pub(super) fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let sql = migrate::roles(app)?;
        match output.format {
            Format::Json => output.json(&json!({"command": "roles", "sql": sql})),
            Format::Text | Format::Github => output.line(sql.trim_end()),
        }
        Ok(DONE)
    }
}
