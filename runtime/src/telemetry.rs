//! What operators see: metrics by the crate `metrics`, spans by `tracing`. No payload, stream or tenant is in a label.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

use crate::append::Receipt;
use crate::error::Error;

/// Counts what came of appends.
pub(crate) fn appended(answers: &[Result<Receipt, Error>]) {
    for answer in answers {
        match answer {
            Ok(receipt) if receipt.repeated => {
                counter!("annals_append_repetitions_total").increment(1);
            }
            Ok(receipt) => {
                let events: usize = receipt
                    .streams
                    .iter()
                    .map(|stream| stream.positions.len())
                    .sum();
                counter!("annals_append_events_total").increment(events as u64);
            }
            Err(error) if error.is_conflict() => {
                counter!("annals_append_conflicts_total").increment(1);
            }
            Err(_) => counter!("annals_append_errors_total").increment(1),
        }
    }
}

/// Counts what a load had to read.
pub(crate) fn loaded(aggregate: &'static str, events: u64, had_snapshot: bool) {
    histogram!("annals_load_events", "aggregate" => aggregate).record(events as f64);
    if had_snapshot {
        counter!("annals_load_snapshots_total", "aggregate" => aggregate).increment(1);
    }
}

/// Counts what came of a command: `stored`, `nothing`, `repeated`, `refused`, `conflict` or `error`.
pub(crate) fn command(aggregate: &'static str, outcome: &'static str) {
    counter!("annals_commands_total", "aggregate" => aggregate, "outcome" => outcome).increment(1);
}

/// Tells how many positions are to be seen that the feed must not hand out yet, and for how long that end has stood still.
pub(crate) fn frontier(lag: u64, age: Duration) {
    gauge!("annals_feed_frontier_lag_positions").set(lag as f64);
    gauge!("annals_feed_frontier_age_seconds").set(age.as_secs_f64());
}

/// Counts the events that the feed handed out.
pub(crate) fn fed(events: usize) {
    counter!("annals_feed_events_total").increment(events as u64);
}

/// Counts the events that a projection handled.
pub(crate) fn projected(projection: &str, events: usize) {
    counter!("annals_projection_events_total", "projection" => projection.to_owned())
        .increment(events as u64);
}

/// Counts the events that a projection could not handle, and parked.
pub(crate) fn parked(projection: &str) {
    counter!("annals_projection_parked_total", "projection" => projection.to_owned()).increment(1);
}

/// Counts how often a projection tried an event again.
pub(crate) fn projection_retried(projection: &str) {
    counter!("annals_projection_retries_total", "projection" => projection.to_owned()).increment(1);
}

/// Counts how often a projection stopped for want of somebody to look at it.
pub(crate) fn projection_stopped(projection: &str) {
    counter!("annals_projection_stops_total", "projection" => projection.to_owned()).increment(1);
}

/// Tells how many positions a projection is behind the end of the feed.
pub(crate) fn projection_lag(projection: &str, lag: u64) {
    gauge!("annals_projection_lag_positions", "projection" => projection.to_owned())
        .set(lag as f64);
}

/// Counts the commands of processes that reached their aggregates: `accepted` or `refused`.
pub(crate) fn delivered(process: &str, outcome: &'static str) {
    counter!("annals_process_commands_total", "process" => process.to_owned(), "outcome" => outcome).increment(1);
}

/// Counts how often the command of a process is to be tried again.
pub(crate) fn delivery_retried(process: &str) {
    counter!("annals_process_command_retries_total", "process" => process.to_owned()).increment(1);
}

/// Counts the commands of processes that wait for an operator.
pub(crate) fn delivery_parked(process: &str) {
    counter!("annals_process_commands_parked_total", "process" => process.to_owned()).increment(1);
}

/// Counts the events that a broker has acknowledged to a relay.
pub(crate) fn relayed(relay: &str, events: usize) {
    counter!("annals_relay_events_total", "relay" => relay.to_owned()).increment(events as u64);
}

/// Counts the messages that came to an inbox: `done`, `refused`, `unusable` or `given_back`.
pub(crate) fn received(inbox: &str, outcome: &'static str) {
    counter!("annals_inbox_messages_total", "inbox" => inbox.to_owned(), "outcome" => outcome)
        .increment(1);
}

/// Counts the messages that a broker was given before, and knew again.
#[cfg(feature = "nats")]
pub(crate) fn relayed_again() {
    counter!("annals_relay_duplicates_total").increment(1);
}

/// Counts the events from which a new version of a projection was built.
pub(crate) fn rebuilt(projection: &str, events: usize) {
    counter!("annals_migration_events_total", "projection" => projection.to_owned())
        .increment(events as u64);
}

/// Counts the events that were stored as they were recorded elsewhere.
pub(crate) fn copied(events: usize) {
    counter!("annals_copied_events_total").increment(events as u64);
}
