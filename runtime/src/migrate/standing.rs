//! Where a version stands, and how far it may come.

use crate::error::Error;
use crate::event::RecordedEvent;
use crate::projection::Definition;
use crate::store::Store;
use crate::store::projections::Build;

/// The version that is declared, as the database holds it.
pub(super) async fn own_build(
    store: &Store,
    definition: &Definition,
) -> Result<Option<Build>, Error> {
    let builds = store.inner.backend.builds().await?;
    let mut builds = builds.into_iter();
    Ok(builds.find(|build| build.name == *definition.name && build.version == definition.version))
}

/// Where each partition stands, in their order.
pub(super) async fn checkpoints(store: &Store, definition: &Definition) -> Result<Vec<i64>, Error> {
    let partitions = store.inner.backend.partitions().await?;
    let checkpoint = |part| {
        let mut own = partitions.iter();
        own.find(|of| of.part == part).map_or(0, |of| of.checkpoint)
    };
    Ok(definition.parts().map(checkpoint).collect())
}

pub(super) fn lowest(checkpoints: &[i64]) -> i64 {
    checkpoints.iter().copied().min().unwrap_or_default()
}

/// Those of some events that come after one position, up to another.
pub(super) fn between(events: &[RecordedEvent], after: i64, up_to: i64) -> &[RecordedEvent] {
    let place = |at| events.partition_point(|event| event.recorded().position().to_i64() <= at);
    &events[place(after)..place(up_to)]
}

/// Beyond what position a version must not be built: where the version that is in use has come, if the new one acts on the world
/// outside. What lies between the two would be done by neither.
pub(super) async fn limit(store: &Store, definition: &Definition) -> Result<i64, Error> {
    if !definition.has_effects() {
        return Ok(i64::MAX);
    }
    let builds = store.inner.backend.builds().await?;
    let current = builds
        .iter()
        .find(|build| build.name == *definition.name && build.is_current);
    let Some(current) = current else {
        return Ok(i64::MAX);
    };
    let partitions = store.inner.backend.partitions().await?;
    let of_current = partitions
        .iter()
        .filter(|of| *of.part.projection == *current.name && of.part.version == current.version);
    let at = of_current.map(|of| of.checkpoint).min();
    Ok(at.unwrap_or(i64::MAX))
}
