use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::error::{Error, ErrorKind};
use crate::schema::{self, Document};

/// Write what other programs need to read the events: a JSON Schema (2020-12) for each version of each event, and an AsyncAPI
/// 3.0 document.
///
/// Without `--out` all of it is printed as one JSON object, by the names of the files.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Export {
    /// The folder into which the files are written. Others in it are left alone.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let documents = schema::export(app)?;
        let Some(folder) = self.out else {
            let members = documents.into_iter().map(|Document { file, content, .. }| {
                let file = file.to_string_lossy().into_owned();
                (file, content)
            });
            output.json(&Value::Object(members.collect::<Map<_, _>>()));
            return Ok(DONE);
        };
        for document in &documents {
            write(&folder, document)?;
        }
        let files = documents.iter().map(|document| folder.join(&document.file));
        if output.format == Format::Json {
            let files: Vec<_> = files.collect();
            output.json(&json!({"command": "export", "files": files}));
        } else {
            files.for_each(|file| output.line(format_args!("wrote {}", file.display())));
        }
        Ok(DONE)
    }
}

fn write(folder: &Path, document: &Document) -> Result<(), Error> {
    let file = folder.join(&document.file);
    let made = file.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(&file, format!("{:#}\n", document.content)))
        .map_err(|error| {
            Error::new(
                ErrorKind::Lock,
                format!("`{}` cannot be written: {error}", file.display()),
            )
            .with_hint("name a folder that can be written with `--out`")
        })
}
