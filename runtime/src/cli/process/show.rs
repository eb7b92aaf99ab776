use std::fmt::Display;

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Instance, list, name};
use crate::app::App;
use crate::cli::DONE;
use crate::cli::layout::{compact, indented};
use crate::cli::output::{Format, Output};
use crate::cli::parked;
use crate::cli::recorded::{Document, Payload};
use crate::cli::text::{plain, time};
use crate::cli::timers;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::process::operate::{self, Entry, PendingCommand, Story, What};
use crate::root::Change;

/// Print what happened to an instance of a process, event by event, and what is pending, set, and in the way.
///
/// Each step is told with what it reacted to, the state after it, and what is different from the state before.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, 2 there is no such instance or no such step, or the command failed."
)]
pub(in crate::cli) struct Show {
    #[command(flatten)]
    instance: Instance,

    /// Print no more than the state after this step, the first of which is 1.
    #[arg(long, value_name = "NUMBER")]
    step: Option<u64>,
}

impl Show {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let Instance {
            process,
            id,
            tenant,
        } = &self.instance;
        let story = operate::show(app, process, tenant, id).await?;
        match (self.step, output.format) {
            (Some(step), _) => print_step(&story, step, output)?,
            (None, Format::Json) => output.document(&Shown::of(&story)),
            (None, Format::Text | Format::Github) => print(&story, output),
        }
        Ok(DONE)
    }
}

/// # Errors
/// Where there is no such step.
fn print_step(story: &Story, number: u64, output: &mut Output<'_>) -> Result<(), Error> {
    let mut entries = story.entries.iter();
    let found = entries.find(|of| matches!(of.what, What::Step { step, .. } if step == number));
    let Some(Entry { event, .. }) = found else {
        return Err(no_step(story, number));
    };
    if output.format == Format::Json {
        let instance = &story.instance;
        output.document(&Step {
            command: "process show",
            process: &instance.process,
            tenant: &instance.tenant,
            id: &instance.id,
            step: number,
            version: event.recorded().version().get(),
            state: Payload::of(&text_of(event)),
        });
        return Ok(());
    }
    for line in indented(&text_of(event)).lines() {
        output.line(plain(line));
    }
    Ok(())
}

fn no_step(story: &Story, number: u64) -> Error {
    let instance = &story.instance;
    let steps = story.entries.iter();
    let steps = steps.filter(|of| matches!(of.what, What::Step { .. }));
    let taken = match steps.count() {
        1 => "1 step".to_owned(),
        several => format!("{several} steps"),
    };
    Error::new(
        ErrorKind::NotFound,
        format!(
            "instance `{}` of process `{}` has taken {taken}, and no step {number}",
            instance.id, instance.process
        ),
    )
    .with_hint("steps are counted from 1; without `--step` all of them are told")
}

fn print(story: &Story, output: &mut Output<'_>) {
    let instance = &story.instance;
    output.line(name(&instance.process, &instance.tenant, &instance.id));
    output.line(format_args!("  status: {}", instance.standing.word()));
    output.line(format_args!("  steps: {}", instance.steps));
    output.line(format_args!("  started: {}", time(instance.started_at)));
    output.line(format_args!("  updated: {}", time(instance.updated_at)));
    for entry in &story.entries {
        print_entry(entry, output);
    }
    print_list(output, "pending", story.pending.iter().flat_map(pending));
    let timers = story.timers.iter();
    print_list(
        output,
        "timers",
        timers.map(|of| timers::line(of, story.now)),
    );
    print_list(output, "parked", story.parked.iter().map(parked::line));
}

fn print_list(output: &mut Output<'_>, what: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        output.line(format_args!("{what}:"));
    }
    for line in lines {
        output.line(format_args!("  {line}"));
    }
}

fn print_entry(entry: &Entry, output: &mut Output<'_>) {
    let Entry { event, what } = entry;
    let recorded = event.recorded();
    let mut first = |told: &dyn Display| {
        let at = time(recorded.recorded_at());
        output.line(format_args!("{}  {at}  {told}", recorded.version()));
    };
    let held = format!(
        "{} v{}",
        plain(recorded.event_type()),
        recorded.schema_version()
    );
    let payload = plain_payload(event);
    match what {
        What::Step {
            step,
            input,
            from,
            changes,
            cancelled,
            is_last,
        } => {
            let last = if *is_last { ", the last" } else { "" };
            let from = match from {
                Some(stream) => format!("{} of {}", plain(input), plain(stream)),
                None => format!("timer {}", plain(input)),
            };
            first(&format_args!("step {step}{last}: {from}"));
            output.line(format_args!("   state: {held}  {payload}"));
            for change in changes {
                output.line(format_args!("   changed: {}", changed(change)));
            }
            for timer in cancelled {
                output.line(format_args!("   cancelled: timer {}", plain(timer)));
            }
        }
        What::Sent { to, fate } => {
            let fate = fate.word();
            first(&format_args!(
                "sent to {}, {fate}: {held}  {payload}",
                plain(to)
            ));
        }
        What::TimerSet { due_at } => {
            let due_at = time(*due_at);
            first(&format_args!("timer set, due {due_at}: {held}  {payload}"));
        }
        What::Accepted {
            command,
            name,
            by,
            version,
        } => {
            let which = which(name, command.map(|version| version.get()));
            first(&format_args!(
                "accepted: {which}, by {} at version {version}",
                plain(by)
            ));
        }
        What::Refused {
            command,
            name,
            by,
            refusal,
        } => {
            let which = which(name, command.map(|version| version.get()));
            let refusal = compact(refusal);
            first(&format_args!(
                "refused: {which}, by {}: {}",
                plain(by),
                plain(&refusal)
            ));
        }
        What::Cancelled { why } => first(&format_args!("ended by an operator: {}", plain(why))),
        What::Other => first(&format_args!("stored by somebody else: {held}  {payload}")),
    }
}

/// The command, and its place in the stream of the instance.
fn which(name: &str, at: Option<u64>) -> String {
    match at {
        Some(at) => format!("{} of event {at}", plain(name)),
        None => format!("{} of no event of this stream", plain(name)),
    }
}

fn changed(change: &Change) -> String {
    let value = |value: &Option<Value>| match value {
        Some(value) => value.to_string(),
        None => "nothing".to_owned(),
    };
    let path = match &*change.path {
        "" => "all",
        path => path,
    };
    let changed = format!("{path}: {} → {}", value(&change.from), value(&change.to));
    plain(&changed).into_owned()
}

/// A line, and those of the error.
fn pending(of: &PendingCommand) -> Vec<String> {
    let which = which(&of.command, Some(of.version.get()));
    let when = match of.parked_at {
        Some(at) => format!("parked {}", time(at)),
        None => format!("tried next {}", time(of.try_at)),
    };
    let first = format!(
        "{which} to {}, attempts {}, {when}",
        plain(&of.to),
        of.attempts
    );
    let error = of.error.iter().flat_map(|error| error.lines());
    let error = error.map(|line| format!("  {}", plain(line.trim_start())));
    std::iter::once(first).chain(error).collect()
}

fn text_of(event: &RecordedEvent) -> String {
    String::from_utf8_lossy(event.payload()).into_owned()
}

fn plain_payload(event: &RecordedEvent) -> String {
    plain(&compact(&text_of(event))).into_owned()
}

#[derive(Serialize)]
struct Step<'a> {
    command: &'static str,
    process: &'a str,
    tenant: &'a str,
    id: &'a str,
    step: u64,
    version: u64,
    state: Payload,
}

#[derive(Serialize)]
struct Shown<'a> {
    command: &'static str,
    instance: Value,
    now: Value,
    entries: Vec<Told<'a>>,
    pending: Vec<Value>,
    timers: Vec<Value>,
    parked: Vec<Value>,
}

impl<'a> Shown<'a> {
    fn of(story: &'a Story) -> Self {
        let tenant = &story.instance.tenant;
        let entries = story.entries.iter();
        Shown {
            command: "process show",
            instance: list::document(&story.instance),
            now: json!(story.now),
            entries: entries.map(|entry| Told::of(tenant, entry)).collect(),
            pending: story.pending.iter().map(pending_document).collect(),
            timers: story.timers.iter().map(timers::document).collect(),
            parked: story.parked.iter().map(parked::document).collect(),
        }
    }
}

/// An entry: what it tells, and the event.
#[derive(Serialize)]
struct Told<'a> {
    what: &'static str,
    #[serde(flatten)]
    told: Value,
    event: Document<'a>,
}

impl<'a> Told<'a> {
    fn of(tenant: &'a str, entry: &'a Entry) -> Self {
        let (what, told) = told(&entry.what);
        Told {
            what,
            told,
            event: Document::of(tenant, &entry.event),
        }
    }
}

fn told(what: &What) -> (&'static str, Value) {
    match what {
        What::Step {
            step,
            input,
            from,
            changes,
            cancelled,
            is_last,
        } => {
            let changes = changes.iter();
            let changes = changes
                .map(|of| json!({"path": of.path, "from": of.from, "to": of.to}))
                .collect::<Vec<_>>();
            let told = json!({
                "step": step, "input": input, "from": from, "changes": changes, "cancelled_timers": cancelled,
                "last": is_last,
            });
            ("step", told)
        }
        What::Sent { to, fate } => ("sent", json!({"to": to, "fate": fate.word()})),
        What::TimerSet { due_at } => ("timer set", json!({"due_at": due_at})),
        What::Accepted {
            command,
            name,
            by,
            version,
        } => {
            let of = command.map(|version| version.get());
            let told = json!({
                "command": name, "command_version": of, "by": by, "aggregate_version": version.get(),
            });
            ("accepted", told)
        }
        What::Refused {
            command,
            name,
            by,
            refusal,
        } => {
            let of = command.map(|version| version.get());
            let refusal: Value =
                serde_json::from_str(refusal).unwrap_or_else(|_| refusal.as_str().into());
            let told = json!({
                "command": name, "command_version": of, "by": by, "refusal": refusal,
            });
            ("refused", told)
        }
        What::Cancelled { why } => ("cancelled", json!({"why": why})),
        What::Other => ("other", json!({})),
    }
}

fn pending_document(of: &PendingCommand) -> Value {
    json!({
        "version": of.version.get(),
        "command": of.command,
        "to": of.to,
        "attempts": of.attempts,
        "error": of.error,
        "try_at": of.try_at,
        "parked_at": of.parked_at,
    })
}
