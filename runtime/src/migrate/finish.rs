//! What came last, handled in the transaction that switches: however fast the version that is in use goes on, it is held there.

use std::sync::Arc;
use std::time::Instant;

use super::standing::between;
use crate::error::{Error, ErrorKind};
use crate::projection::{Engine, Page};
use crate::store::feed::FeedRequest;
use crate::store::{Store, Tx};
use crate::stream::Position;

/// How many events are handled there at most.
const EVENTS: u32 = 1000;

/// Brings each partition up to a position that the version in use has passed. Answers whether it did; where not, the
/// transaction is not to be committed.
///
/// # Errors
/// Where the database fails.
pub(super) async fn finish(
    store: &Store,
    engine: &Arc<dyn Engine>,
    tx: &mut Tx,
    needed: &[i64],
) -> Result<bool, Error> {
    let backend = &store.inner.backend;
    let mut behind = Vec::new();
    for (part, up_to) in engine.definition().parts().zip(needed.iter().copied()) {
        let held = backend.lock_partition(tx, &part).await?;
        let at = held.map_or(0, |held| held.checkpoint);
        if at < up_to {
            behind.push((part, at, up_to));
        }
    }
    let lowest = behind.iter().map(|(_, at, _)| *at).min();
    let highest = behind.iter().map(|(_, _, up_to)| *up_to).max();
    let highest = highest.unwrap_or_default();
    let names = engine.routes().names();
    let request = FeedRequest {
        tenant: None,
        after: Position::of_i64(lowest.unwrap_or_default()),
        types: Some(&names),
        categories: None,
        limit: EVENTS,
        facts_alone: false,
        since: Instant::now(),
        older_will_do: true,
    };
    let found = backend.feed_in(tx, request, highest).await?;
    if found.checkpoint.to_i64() < highest {
        return Ok(false);
    }
    for (part, at, up_to) in behind {
        let page = Page {
            part: &part,
            only: None,
            events: between(&found.events, at, up_to),
            checkpoint: up_to,
            // What the version in use has come past, it has done something about.
            effects_after: i64::MAX,
            trouble: None,
            is_careful: false,
        };
        match engine.take(store, tx, page).await {
            Ok(taken) if taken.halt.is_none() => {}
            Ok(_) => return Ok(false),
            // What can be done about it, is done event by event before the next attempt.
            Err(error) if error.kind() == ErrorKind::Database => return Ok(false),
            Err(error) => return Err(error),
        }
        backend.move_partition(tx, &part, up_to).await?;
    }
    Ok(true)
}
