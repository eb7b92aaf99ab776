use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::DONE;
use super::output::{Format, Output};
use super::text::{bytes, plain, time};
use crate::app::App;
use crate::error::Error;
use crate::inspect::{self, Recent};
use crate::stream::Position;

/// Print how many events and streams there are, of which types, of which time, and how much room they take. All tenants
/// together.
///
/// Where there are more than 100 000 events, their numbers are estimates, from as many that are taken from everywhere. The
/// first and the last event and the sizes are always exact.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 done, 2 the command failed.")]
pub(in crate::cli) struct Stats {
    /// Count every event and stream, which takes as long as reading them.
    #[arg(long)]
    exact: bool,
}

impl Stats {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let stats = inspect::stats(app, self.exact).await?;
        match output.format {
            Format::Json => output.json(&document(&stats)),
            Format::Text | Format::Github => print(&stats, output),
        }
        Ok(DONE)
    }
}

fn print(stats: &inspect::Stats, output: &mut Output<'_>) {
    let about = if stats.is_exact { "" } else { "about " };
    output.line(format_args!("events: {about}{}", stats.events));
    for count in &stats.by_type {
        output.line(format_args!(
            "  {} v{}: {about}{}",
            plain(&count.event_type),
            count.schema_version,
            count.events
        ));
    }
    let streams: u64 = stats.streams.iter().map(|of| of.streams).sum();
    output.line(format_args!("streams: {about}{streams}"));
    for of in &stats.streams {
        output.line(format_args!(
            "  {}: {about}{}",
            plain(&of.aggregate),
            of.streams
        ));
    }
    for (what, end) in [("first event", stats.first), ("last event", stats.last)] {
        if let Some((position, at)) = end {
            output.line(format_args!("{what}: position {position}, {}", time(at)));
        }
    }
    for (what, recent) in [("last hour", stats.last_hour), ("last day", stats.last_day)] {
        let Recent {
            events, is_exact, ..
        } = recent;
        let about = if is_exact { "" } else { "about " };
        output.line(format_args!("events of the {what}: {about}{events}"));
    }
    output.line("sizes:");
    for size in &stats.sizes {
        output.line(format_args!(
            "  {}: {}",
            plain(&size.name),
            bytes(size.bytes)
        ));
    }
    if !stats.is_exact {
        output.message("numbers with `about` are estimates: `--exact` counts");
    }
}

fn document(stats: &inspect::Stats) -> Value {
    let by_type = stats.by_type.iter().map(|count| {
        json!({
            "event_type": count.event_type,
            "schema_version": count.schema_version,
            "events": count.events,
        })
    });
    let streams = stats.streams.iter();
    let streams = streams.map(|of| json!({"aggregate": of.aggregate, "streams": of.streams}));
    let end = |end: Option<(Position, DateTime<Utc>)>| {
        end.map(|(position, at)| json!({"position": position, "recorded_at": at}))
    };
    let recent = |recent: Recent| json!({"events": recent.events, "exact": recent.is_exact});
    let sizes = stats.sizes.iter();
    let sizes = sizes.map(|size| json!({"name": size.name, "bytes": size.bytes}));
    json!({
        "command": "stats",
        "exact": stats.is_exact,
        "events": stats.events,
        "by_type": by_type.collect::<Vec<_>>(),
        "streams": streams.collect::<Vec<_>>(),
        "first": end(stats.first),
        "last": end(stats.last),
        "last_hour": recent(stats.last_hour),
        "last_day": recent(stats.last_day),
        "sizes": sizes.collect::<Vec<_>>(),
    })
}
