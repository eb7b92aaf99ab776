use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::Error;
use crate::schema::{self, ChangedFile};

/// Print what `schema lock` would write, line by line.
///
/// Also where it would refuse: see `schema check`.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Diff {}

impl Diff {
    pub(super) fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let files = schema::diff(app)?;
        if output.format == Format::Json {
            let files: Vec<_> = files.iter().map(document).collect();
            output.json(&json!({"command": "diff", "files": files}));
            return Ok(DONE);
        }
        for file in &files {
            output.line(file);
        }
        if files.is_empty() {
            output.message("nothing to lock");
        }
        Ok(DONE)
    }
}

fn document(of: &ChangedFile) -> Value {
    let line = |(comes, text): &(bool, String)| json!({"sign": if *comes { "+" } else { "-" }, "text": text});
    let lines: Vec<_> = of.lines.iter().map(line).collect();
    json!({"folder": of.folder, "file": of.file, "lines": lines})
}
