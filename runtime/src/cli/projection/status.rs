use clap::Args;
use serde_json::{Value, json};

use super::list;
use crate::app::App;
use crate::cli::output::{Format, Output};
use crate::cli::text::{plain, time};
use crate::cli::{DONE, FOUND};
use crate::error::Error;
use crate::projection::status::{self, PartitionStatus, ProjectionStatus};

/// Print how far the projections have come, who follows with them, and what is in the way.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing is in the way
  1  a partition has stopped, or events are parked
  2  there is no such projection, or the command failed")]
pub(in crate::cli) struct Status {
    /// One projection. Otherwise all of them.
    projection: Option<String>,
}

impl Status {
    pub(super) async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        let found = status::list(app, self.projection.as_deref()).await?;
        if output.format == Format::Json {
            let projections: Vec<_> = found.iter().map(document).collect();
            output.json(&json!({"command": "status", "projections": projections}));
        } else {
            found.iter().for_each(|of| print(of, output));
        }
        Ok(match found.iter().any(ProjectionStatus::needs_attention) {
            true => FOUND,
            false => DONE,
        })
    }
}

fn print(of: &ProjectionStatus, output: &mut Output<'_>) {
    output.line(list::line(of));
    for partition in &of.partitions {
        print_partition(partition, output);
    }
    let projection = &of.projection;
    if of.parked > 0 {
        output.line(format_args!(
            "  parked: {}; see `parked list {projection}`",
            of.parked
        ));
    }
    if of.partitions.iter().any(|of| of.stopped.is_some()) {
        output.line(format_args!(
            "  help: mend what it says, then run `projection resume {projection}`"
        ));
    }
}

fn print_partition(of: &PartitionStatus, output: &mut Output<'_>) {
    let worker = match &of.lease {
        Some(lease) => format!(
            "worker {} until {}",
            plain(&lease.worker),
            time(lease.until)
        ),
        None => "nobody follows".to_owned(),
    };
    output.line(format_args!(
        "  partition {}: at position {}, {} behind, {worker}",
        of.partition, of.checkpoint, of.lag
    ));
    if let Some(stop) = &of.stopped {
        output.line(format_args!(
            "    stopped before position {}:",
            stop.position
        ));
        for line in stop.why.lines() {
            output.line(format_args!("      {}", plain(line.trim_start())));
        }
    }
}

fn document(of: &ProjectionStatus) -> Value {
    let partitions: Vec<_> = of.partitions.iter().map(partition).collect();
    let mut document = list::document(of);
    document["partitions"] = partitions.into();
    document["parked"] = of.parked.into();
    document
}

fn partition(of: &PartitionStatus) -> Value {
    let stopped = of.stopped.as_ref();
    json!({
        "partition": of.partition,
        "checkpoint": of.checkpoint.get(),
        "lag": of.lag,
        "worker": of.lease.as_ref().map(|lease| &lease.worker),
        "leased_until": of.lease.as_ref().map(|lease| lease.until),
        "stopped": stopped.map(|stop| json!({"position": stop.position.get(), "why": stop.why})),
        "updated_at": of.updated_at,
    })
}
