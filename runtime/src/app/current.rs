use crate::aggregate::{EventSet, Visit};
use crate::event::{Encoded, Event, Lineage, Misfit, Unstorable, encode};

/// What a stored event is read as today, after its upcasts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CurrentEvent {
    /// The type's name in Rust.
    pub type_name: &'static str,
    /// The name under which it would be stored.
    pub event_type: &'static str,
    /// The version in which it would be stored.
    pub schema_version: u32,
    /// The JSON that would be stored.
    pub payload: String,
}

impl CurrentEvent {
    pub(super) fn of<E: Event>(event: &E) -> Result<Self, Misfit> {
        CurrentEvent::encoded(E::LINEAGE, encode(event))
    }

    pub(super) fn encoded(
        lineage: &Lineage,
        encoded: Result<Encoded, Unstorable>,
    ) -> Result<Self, Misfit> {
        let encoded = encoded.map_err(|unstorable| {
            let Unstorable { path, reason, .. } = unstorable;
            Misfit::Payload { path, reason }
        })?;
        Ok(CurrentEvent {
            type_name: lineage.type_name,
            event_type: lineage.name,
            schema_version: encoded.schema_version,
            payload: encoded.payload,
        })
    }

    /// The one inside of an aggregate's enum.
    pub(super) fn inside<S: EventSet>(event: &S) -> Result<Self, Misfit> {
        event.visit(Inside)
    }
}

struct Inside;

impl Visit for Inside {
    type Answer = Result<CurrentEvent, Misfit>;

    fn event<E: Event>(self, event: &E) -> Self::Answer {
        CurrentEvent::of(event)
    }
}
