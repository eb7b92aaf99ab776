use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::DONE;
use crate::cli::output::{Format, Output};
use crate::cli::text::{bytes, plain, time};
use crate::error::Error;
use crate::inspect::{self, SnapshotStory, StreamStory};

/// Print what is stored of a stream: its version, its events by type, and its snapshots.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 no stream is called so, or the command failed.")]
pub(in crate::cli) struct Show {
    /// The whole name of the stream, like `account-123`.
    stream: String,
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
        let story = inspect::stream(app, &self.tenant, &self.stream).await?;
        match output.format {
            Format::Json => output.json(&document(&story)),
            Format::Text | Format::Github => print(&story, output),
        }
        Ok(DONE)
    }
}

fn print(story: &StreamStory, output: &mut Output<'_>) {
    output.line(plain(story.stream.as_str()));
    if !story.tenant.is_empty() {
        output.line(format_args!("  tenant: {}", plain(&story.tenant)));
    }
    output.line(format_args!(
        "  aggregate: {}",
        plain(story.stream.category())
    ));
    let state = if story.archived { ", archived" } else { "" };
    output.line(format_args!("  version: {}{state}", story.version));
    if story.events != story.version.get() {
        output.line(format_args!("  damaged: it holds {} events", story.events));
    }
    for (what, at) in [("first event", story.first), ("last event", story.last)] {
        if let Some(at) = at {
            output.line(format_args!("  {what}: {}", time(at)));
        }
    }
    output.line("  events:");
    for count in &story.counts {
        output.line(format_args!(
            "    {} v{}: {}",
            plain(&count.event_type),
            count.schema_version,
            count.events
        ));
    }
    for snapshot in &story.snapshots {
        output.line(format_args!(
            "  snapshot of version {}: {}, taken {}, {}",
            snapshot.version,
            bytes(snapshot.bytes),
            time(snapshot.taken_at),
            use_of(snapshot)
        ));
    }
}

fn use_of(snapshot: &SnapshotStory) -> String {
    match (snapshot.stands, snapshot.aggregate) {
        (false, _) => "useless: its last event does not stand there any more".to_owned(),
        (true, Some(aggregate)) => format!("used by aggregate `{aggregate}`"),
        (true, None) => "made by other code than this program's".to_owned(),
    }
}

fn document(story: &StreamStory) -> Value {
    let counts = story.counts.iter().map(|count| {
        json!({
            "event_type": count.event_type,
            "schema_version": count.schema_version,
            "events": count.events,
        })
    });
    let snapshots = story.snapshots.iter().map(|snapshot| {
        json!({
            "version": snapshot.version,
            "taken_at": snapshot.taken_at,
            "bytes": snapshot.bytes,
            "fingerprint": snapshot.fingerprint,
            "aggregate": snapshot.aggregate,
            "stands": snapshot.stands,
        })
    });
    json!({
        "command": "stream show",
        "tenant": story.tenant,
        "stream": story.stream.as_str(),
        "aggregate": story.stream.category(),
        "version": story.version,
        "events": story.events,
        "first": story.first,
        "last": story.last,
        "archived": story.archived,
        "counts": counts.collect::<Vec<_>>(),
        "snapshots": snapshots.collect::<Vec<_>>(),
    })
}
