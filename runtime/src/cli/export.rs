use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::DONE;
use super::output::{Format, Output};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::transfer;

/// Write events as lines of JSON, to be imported elsewhere: all of them, or those of some streams.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(super) struct Export {
    /// Streams by their whole names, like `account-123`.
    #[arg(value_name = "STREAM")]
    streams: Vec<String>,

    /// All streams of an aggregate.
    #[arg(long, value_name = "NAME", conflicts_with = "streams")]
    aggregate: Vec<String>,

    /// The tenant whose events they are.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    tenant: String,

    /// The file to write, in place of the standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let store = app.connect().await?.tenant(&self.tenant);
        let mut export = transfer::export(&store);
        for stream in self.streams {
            export = export.stream(stream);
        }
        for aggregate in self.aggregate {
            export = export.aggregate(aggregate);
        }
        let exported = match &self.out {
            Some(file) => {
                let made = File::create(file).map_err(|error| {
                    let what = format!("`{}` cannot be written: {error}", file.display());
                    Error::new(ErrorKind::Input, what)
                        .with_hint("name a file that can be written with `--out`")
                })?;
                export.write(&mut BufWriter::new(made)).await?
            }
            None => match export.write(output).await {
                // The output says itself why it ended.
                Err(_) if output.is_stopped() => return Ok(DONE),
                exported => exported?,
            },
        };
        let (events, streams) = (exported.events, exported.streams);
        match (&self.out, output.format) {
            (Some(file), Format::Json) => {
                output.json(&json!({"command": "export", "file": file, "events": events, "streams": streams}));
            }
            _ => output.message(format_args!(
                "exported {events} events of {streams} streams"
            )),
        }
        Ok(DONE)
    }
}
