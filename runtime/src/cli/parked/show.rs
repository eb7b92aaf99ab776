use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::list;
use crate::app::App;
use crate::cli::DONE;
use crate::cli::layout::indented;
use crate::cli::output::{Format, Output};
use crate::cli::recorded::Document;
use crate::cli::text::{plain, time};
use crate::error::Error;
use crate::projection::parked::{self, ParkedStory};
use crate::stream::Position;

/// Print all there is to know of a parked event: why it could not be handled, and what is stored.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 no such event is parked, or the command failed.")]
pub(in crate::cli) struct Show {
    /// The projection.
    projection: String,

    /// The position of the event.
    position: u64,
}

impl Show {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let position = Position::new(self.position);
        let stories = parked::show(app, &self.projection, position).await?;
        if output.format == Format::Json {
            let parked = stories.iter().map(Parked::of).collect();
            output.document(&Shown {
                command: "show",
                parked,
            });
            return Ok(DONE);
        }
        stories.iter().for_each(|story| print(story, output));
        Ok(DONE)
    }
}

fn print(story: &ParkedStory, output: &mut Output<'_>) {
    let parked = &story.parked;
    output.line(format_args!(
        "{} v{} at position {}",
        parked.projection, parked.version, parked.position
    ));
    output.line(format_args!("  key: {}", plain(&parked.key)));
    if !parked.tenant.is_empty() {
        output.line(format_args!("  tenant: {}", plain(&parked.tenant)));
    }
    output.line(format_args!("  why: {}", list::why(parked)));
    output.line(format_args!("  attempts: {}", parked.attempts));
    output.line(format_args!("  parked: {}", time(parked.parked_at)));
    let Some(event) = &story.event else {
        output.line("  the event itself is not stored any more");
        return;
    };
    let recorded = event.recorded();
    output.line(format_args!(
        "  event: {} v{}, {}@{}, {}",
        plain(recorded.event_type()),
        recorded.schema_version(),
        plain(recorded.stream().as_str()),
        recorded.version(),
        recorded.event_id()
    ));
    output.line(format_args!("  recorded: {}", time(recorded.recorded_at())));
    output.line("  payload:");
    for line in indented(&String::from_utf8_lossy(event.payload())).lines() {
        output.line(format_args!("    {}", plain(line)));
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    command: &'static str,
    parked: Vec<Parked<'a>>,
}

#[derive(Serialize)]
struct Parked<'a> {
    #[serde(flatten)]
    parked: Value,
    event: Option<Document<'a>>,
}

impl<'a> Parked<'a> {
    fn of(story: &'a ParkedStory) -> Self {
        let event = story.event.as_ref();
        Parked {
            parked: list::document(&story.parked),
            event: event.map(|event| Document::of(&story.parked.tenant, event)),
        }
    }
}
