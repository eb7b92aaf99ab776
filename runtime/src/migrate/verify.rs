//! Folds all events a second time, and compares the rows.

use std::time::{Duration, Instant};

use super::build::Report;
use super::plan::lowest;
use super::run::{Progress, Stage};
use crate::error::{Error, ErrorKind};
use crate::feed::Feed;
use crate::projection::Engine;
use crate::store::Store;

const PAGE: u32 = 10_000;

/// How long to wait before the feed is read again.
const PAUSE: Duration = Duration::from_millis(50);

/// # Errors
/// Where a row is not what the events say, or the database fails.
pub(super) async fn verify(
    store: &Store,
    engine: &dyn Engine,
    report: Report<'_>,
) -> Result<(), Error> {
    let definition = engine.definition();
    let (Some(mut second), Some(table)) = (engine.verify(), definition.table()) else {
        return Ok(());
    };
    let up_to = lowest(store, definition).await?;
    let (begun, mut events) = (Instant::now(), 0);
    let mut feed = Feed::of_all_tenants(store)
        .events(engine.routes().names())
        .page(PAGE);
    loop {
        let page = feed.read().await?;
        let (next, is_end) = (page.checkpoint(), page.is_end());
        let mut list = page.into_events();
        list.retain(|event| event.recorded().position().to_i64() <= up_to);
        second.fold(&list)?;
        events += list.len() as u64;
        report(&Progress {
            projection: definition.name.to_string(),
            version: definition.version,
            stage: Stage::Verifying,
            from: 0,
            position: next.to_i64().min(up_to).unsigned_abs(),
            target: up_to.unsigned_abs(),
            events,
            elapsed: begun.elapsed(),
        });
        if next.to_i64() >= up_to {
            break;
        }
        // All up to there was read once, and is read again as soon as nobody can be about to commit something before it: who
        // has just opened the store knows less of that than who built the rows.
        if is_end {
            tokio::time::sleep(PAUSE).await;
        }
        feed = feed.after(next);
    }
    let mut difference = None;
    let backend = &store.inner.backend;
    backend
        .all_rows(&table, None, &mut |row| {
            if difference.is_none() {
                difference = second.compare(&row);
            }
            Ok(())
        })
        .await?;
    let Some(difference) = difference.or_else(|| second.missing()) else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::ReadModel,
        format!(
            "projection `{}` version {} is not what its events say: {difference}",
            definition.name, definition.version
        ),
    )
    .with_hint(format!(
        "see that its handlers depend on nothing but the event and the row (no clock, no randomness, no map whose order matters), \
         then remove what was built with `projection drop {} --version {}` and run the migration again",
        definition.name, definition.version
    )))
}
