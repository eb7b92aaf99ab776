use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::DONE;
use super::output::{Format, Output};
use crate::app::App;
use crate::error::Error;
use crate::transfer;

/// Read into the store what `export` wrote. What stands already and is the same is passed over.
///
/// A file is checked as a whole before anything of it is stored. What comes by a pipe is stored as it comes: where it fails,
/// cure it and import it again.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(super) struct Import {
    /// The file; without it, or with `-`, the standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The tenant to whom the events are to belong.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    tenant: String,

    /// Take events along that this program cannot read.
    #[arg(long)]
    unchecked: bool,
}

impl Import {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let store = app.open().await?.tenant(&self.tenant);
        let mut import = transfer::import(app, &store);
        if self.unchecked {
            import = import.unchecked();
        }
        let imported = match &self.file {
            Some(file) if file != Path::new("-") => import.file(file).await?,
            _ => import.read(BufReader::new(std::io::stdin())).await?,
        };
        let (events, stored) = (imported.events, imported.stored);
        match output.format {
            Format::Json => {
                output.json(&json!({"command": "import", "events": events, "stored": stored}));
            }
            Format::Text | Format::Github => {
                output.message(format_args!(
                    "imported {events} events, {stored} of them new"
                ));
            }
        }
        Ok(DONE)
    }
}
