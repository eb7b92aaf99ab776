use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::cli::layout::indented;
use crate::cli::output::{Format, Output};
use crate::cli::recorded::{Document, Payload};
use crate::cli::text::{plain, time};
use crate::cli::{DONE, FOUND};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::inspect::{self, CurrentEvent, EventRef, EventStory};

/// Print all there is to know of an event: where and when it was stored, its metadata, its payload, and what this program
/// reads it as.
///
/// By its id it is found by reading events until it comes, since no index is on ids: that takes long on a large store.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  done
  1  it was found and printed, and this program cannot read it
  2  there is no such event, or the command failed")]
pub(in crate::cli) struct Show {
    /// A position, like `42`; a stream and a version, like `account-123@7`; or the id of the event, which is looked for
    /// from event to event.
    event: EventRef,
    /// The tenant to which it belongs, where it belongs to one.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    tenant: String,
}

impl Show {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let story = inspect::event(app, &self.tenant, &self.event).await?;
        match output.format {
            Format::Json => output.document(&Shown::of(&story)),
            Format::Text | Format::Github => print(&story, output),
        }
        Ok(match story.current {
            Some(Err(_)) => FOUND,
            Some(Ok(_)) | None => DONE,
        })
    }
}

fn print(story: &EventStory, output: &mut Output<'_>) {
    let recorded = story.event.recorded();
    let (stream, version) = (recorded.stream(), recorded.version());
    output.line(format_args!("{}@{version}", plain(stream.as_str())));
    if !story.tenant.is_empty() {
        output.line(format_args!("  tenant: {}", plain(&story.tenant)));
    }
    output.line(format_args!("  aggregate: {}", plain(stream.category())));
    output.line(format_args!("  position: {}", recorded.position()));
    output.line(format_args!("  id: {}", recorded.event_id()));
    let of_type = story.stored_type.map(|name| format!(" ({name})"));
    output.line(format_args!(
        "  type: {} v{}{}",
        plain(recorded.event_type()),
        recorded.schema_version(),
        of_type.unwrap_or_default()
    ));
    output.line(format_args!("  recorded: {}", time(recorded.recorded_at())));
    output.line(format_args!("  occurred: {}", time(recorded.occurred_at())));
    let metadata = recorded.metadata();
    for (what, value) in [
        ("actor", metadata.actor()),
        ("correlation", metadata.correlation()),
        ("causation", metadata.causation()),
    ] {
        if let Some(value) = value {
            output.line(format_args!("  {what}: {}", plain(value)));
        }
    }
    let entries = metadata.own_entries();
    if !entries.is_empty() {
        output.line("  metadata:");
        print_json(&Value::Object(entries.into_owned()).to_string(), output);
    }
    output.line("  payload:");
    print_json(&String::from_utf8_lossy(story.event.payload()), output);
    match &story.current {
        None => output.line("  read as: no event of this program has this name"),
        Some(Err(error)) => {
            output.line(format_args!(
                "  cannot be read: {}",
                plain(&error.to_string())
            ));
            if let Some(hint) = error.hint() {
                output.line(format_args!("  help: {hint}"));
            }
        }
        Some(Ok(events)) if events.is_empty() => {
            output.line("  read as: nothing, it is passed over");
        }
        Some(Ok(events)) => events
            .iter()
            .for_each(|current| print_current(current, &story.event, output)),
    }
}

fn print_current(current: &CurrentEvent, stored: &RecordedEvent, output: &mut Output<'_>) {
    let CurrentEvent {
        type_name,
        event_type,
        schema_version,
        payload,
        ..
    } = current;
    output.line(format_args!(
        "  read as: {event_type} v{schema_version} ({type_name})"
    ));
    if payload.as_bytes() != stored.payload() {
        print_json(payload, output);
    }
}

fn print_json(json: &str, output: &mut Output<'_>) {
    for line in indented(json).lines() {
        output.line(format_args!("    {}", plain(line)));
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    command: &'static str,
    event: Document<'a>,
    stored_type: Option<&'static str>,
    read_as: Option<Vec<Current<'a>>>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Current<'a> {
    #[serde(rename = "type")]
    type_name: &'a str,
    event_type: &'a str,
    schema_version: u32,
    payload: Payload,
}

impl<'a> Shown<'a> {
    fn of(story: &'a EventStory) -> Self {
        let current = |current: &'a CurrentEvent| Current {
            type_name: current.type_name,
            event_type: current.event_type,
            schema_version: current.schema_version,
            payload: Payload::of(&current.payload),
        };
        let (read_as, error) = match &story.current {
            None => (None, None),
            Some(Ok(events)) => (Some(events.iter().map(current).collect()), None),
            Some(Err(error)) => (None, Some(error.to_string())),
        };
        Shown {
            command: "event show",
            event: Document::of(&story.tenant, &story.event),
            stored_type: story.stored_type,
            read_as,
            error,
        }
    }
}
