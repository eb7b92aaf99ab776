use std::collections::HashMap;

use uuid::Uuid;

use super::{not_found, open};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::stream::Position;

const PAGE: u32 = 1000;

/// An event of a trace.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Traced {
    /// The event as it is stored.
    pub event: RecordedEvent,
    /// The position of the event that it follows from, where that is one before it in the same trace.
    pub cause: Option<Position>,
    /// How many events it follows from, one through the other.
    pub depth: usize,
}

/// All events of a tenant with a correlation, over all streams, in the order of their positions. They are held in memory.
///
/// # Errors
/// [`ErrorKind::NotFound`] where no event has the correlation; otherwise where the store cannot be opened or fails.
pub async fn trace(app: &App, tenant: &str, correlation: &str) -> Result<Vec<Traced>, Error> {
    if correlation.contains('\0') {
        let what = format!("{correlation:?} is no correlation: it holds the character NUL");
        return Err(Error::new(ErrorKind::Name, what));
    }
    let store = open(app, tenant).await?;
    let mut trace: Vec<Traced> = Vec::new();
    // Each event by its id: its position, and how deep it lies.
    let mut known: HashMap<Uuid, (Position, usize)> = HashMap::new();
    loop {
        let after = trace
            .last()
            .map_or(0, |last| last.event.recorded().position().to_i64());
        let page = store
            .inner
            .backend
            .correlated(tenant, correlation, after, PAGE)
            .await?;
        let is_last = page.len() < PAGE as usize;
        for event in page {
            let recorded = event.recorded();
            let cause = recorded.metadata().causation().and_then(|id| {
                let id: Uuid = id.parse().ok()?;
                known.get(&id).copied()
            });
            let depth = cause.map_or(0, |(_, depth)| depth + 1);
            known.insert(recorded.event_id(), (recorded.position(), depth));
            trace.push(Traced {
                event,
                cause: cause.map(|(position, _)| position),
                depth,
            });
        }
        if is_last {
            break;
        }
    }
    if trace.is_empty() {
        let what = format!("no event has the correlation `{correlation}`");
        return Err(not_found(tenant, &what)
            .with_hint("`stream events` and `event show` print the correlations of events"));
    }
    Ok(trace)
}
