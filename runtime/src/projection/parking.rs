//! What is kept, and told, of an event that cannot be handled.

use std::sync::Arc;

use super::definition::Definition;
use super::engine::Page;
use super::handler::Failure;
use crate::event::Recorded;
use crate::store::projections::NewParked;
use crate::telemetry;

/// An event that is to be parked under a key: one that failed for a reason, or one that waits behind another.
pub(crate) fn new_parked(
    page: &Page<'_>,
    key: &str,
    recorded: &Recorded,
    failure: Option<&Failure>,
) -> NewParked {
    let position = recorded.position().to_i64();
    let before = page
        .trouble
        .filter(|trouble| trouble.position == position && failure.is_some());
    NewParked {
        tenant: Arc::clone(recorded.tenant_name()),
        key: key.to_owned(),
        position,
        event_id: recorded.event_id(),
        stream: recorded.stream().to_string(),
        event_type: recorded.event_type().to_owned(),
        attempts: before.map_or(0, |trouble| trouble.attempts) + u32::from(failure.is_some()),
        error: failure.map(ToString::to_string),
    }
}

/// Tells operators of an event that failed.
pub(crate) fn tell(definition: &Definition, recorded: &Recorded, failure: &Failure) {
    tracing::error!(
        projection = &*definition.name,
        version = definition.version,
        position = recorded.position().get(),
        %failure,
        "an event cannot be handled and is parked; later ones of its key wait behind it"
    );
    telemetry::parked(&definition.name);
}
