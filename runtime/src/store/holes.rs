//! Streams that do not hold what their rows say.

use crate::store::finding::Finding;

/// A stream whose row and events differ.
#[derive(Debug)]
pub(crate) struct Hole {
    pub(crate) tenant: String,
    pub(crate) stream: String,
    /// As the row says; `None` where there is no row.
    pub(crate) version: Option<i64>,
    /// Of the last event.
    pub(crate) last: Option<i64>,
    /// `None` where they were not counted.
    pub(crate) events: Option<i64>,
}

/// What to say of them, given how many streams were looked at.
pub(crate) fn findings(looked: i64, holes: Vec<Hole>) -> Vec<Finding> {
    if holes.is_empty() {
        let what = format!("no hole in {looked} streams that were looked at");
        return vec![Finding::ok(what).with("looked", looked)];
    }
    holes.into_iter().map(finding).collect()
}

fn finding(hole: Hole) -> Finding {
    let Hole {
        tenant,
        stream,
        version,
        last,
        events,
    } = hole;
    let row = match version {
        Some(version) => format!("its row says that it has version {version}"),
        None => "it has no row".to_owned(),
    };
    let holds = match (last, events) {
        (None, _) => "it holds no event".to_owned(),
        (Some(last), None) => format!("its last event has version {last}"),
        (Some(last), Some(events)) => {
            format!("it holds {events} events, the last of version {last}")
        }
    };
    let of = match tenant.as_str() {
        "" => String::new(),
        tenant => format!(" of tenant `{tenant}`"),
    };
    Finding::error(
        format!("stream `{stream}`{of} is damaged: {row}, and {holds}"),
        "restore the stream from a backup, or find out who edited it: annals never changes or removes events",
    )
    .with("tenant", tenant)
    .with("stream", stream)
    .with("version", version)
    .with("last", last)
    .with("events", events)
}
