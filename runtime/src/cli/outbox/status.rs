use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::output::{Format, Output};
use crate::cli::text::{plain, time};
use crate::cli::{DONE, FOUND};
use crate::error::Error;
use crate::projection::status::{self, PartitionStatus, ProjectionStatus};
use crate::relay::MODE;
use crate::stream::Position;

/// Print how far the relays have come with publishing, who publishes, and what is in the way.
///
/// A relay whose broker cannot be reached falls behind and goes on by itself. `projection pause` and `projection resume` halt a relay,
/// and let it go on.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing is in the way
  1  a relay has stopped
  2  the command failed")]
pub(in crate::cli) struct Status {}

impl Status {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let mut found = status::list(app, None).await?;
        found.retain(|of| of.mode == MODE);
        if output.format == Format::Json {
            let relays: Vec<_> = found.iter().map(document).collect();
            output.json(&json!({"command": "status", "relays": relays}));
        } else {
            found.iter().for_each(|of| print(of, output));
            if found.is_empty() {
                output.message("no relay is declared, and the database holds none");
            }
        }
        Ok(match found.iter().any(ProjectionStatus::needs_attention) {
            true => FOUND,
            false => DONE,
        })
    }
}

/// How far the feed can be read: the relay's checkpoint, and what it is behind.
fn frontier(of: &PartitionStatus) -> Position {
    Position::new(of.checkpoint.get().saturating_add(of.lag))
}

fn print(of: &ProjectionStatus, output: &mut Output<'_>) {
    let relay = &of.projection;
    let declared = match of.is_declared {
        true => "",
        false => ", not declared",
    };
    let standing = of.standing.word();
    let Some(partition) = of.partitions.first() else {
        output.line(format_args!("{relay}: {standing}{declared}"));
        return;
    };
    output.line(format_args!(
        "{relay}: {standing}{declared}, at position {} of {}, {} behind",
        partition.checkpoint,
        frontier(partition),
        partition.lag
    ));
    let worker = match &partition.lease {
        Some(lease) => format!(
            "worker {} until {}",
            plain(&lease.worker),
            time(lease.until)
        ),
        None => "nobody publishes".to_owned(),
    };
    let updated = time(partition.updated_at);
    output.line(format_args!("  {worker}, moved last at {updated}"));
    if let Some(stop) = &partition.stopped {
        output.line(format_args!("  stopped before position {}:", stop.position));
        for line in stop.why.lines() {
            output.line(format_args!("    {}", plain(line.trim_start())));
        }
        output.line(format_args!(
            "  help: mend what it says, then run `projection resume {relay}`"
        ));
    }
}

fn document(of: &ProjectionStatus) -> Value {
    let partition = of.partitions.first();
    let lease = partition.and_then(|of| of.lease.as_ref());
    let stopped = partition.and_then(|of| of.stopped.as_ref());
    json!({
        "relay": of.projection,
        "status": of.standing.word(),
        "declared": of.is_declared,
        "checkpoint": partition.map(|of| of.checkpoint.get()),
        "frontier": partition.map(|of| frontier(of).get()),
        "lag": partition.map(|of| of.lag),
        "worker": lease.map(|lease| &lease.worker),
        "leased_until": lease.map(|lease| lease.until),
        "stopped": stopped.map(|stop| json!({"position": stop.position.get(), "why": stop.why})),
        "updated_at": partition.map(|of| of.updated_at),
    })
}
