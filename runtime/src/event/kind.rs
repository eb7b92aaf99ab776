use super::{Encoded, Event, Lineage, Misfit, Unstorable, decode, encode};

/// A kind of event without its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventKind {
    pub(crate) lineage: &'static Lineage,
    pub(crate) rewrite: fn(u32, &[u8]) -> Result<Result<Encoded, Unstorable>, Misfit>,
}

impl EventKind {
    pub(crate) const fn of<E: Event>() -> Self {
        EventKind {
            lineage: E::LINEAGE,
            rewrite: |version, payload| decode::<E>(version, payload).map(|event| encode(&event)),
        }
    }
}
