use super::{Encoded, Event, Lineage, Misfit, Unstorable, decode, encode};

/// A kind of event without its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventKind {
    pub(crate) lineage: &'static Lineage,
    /// Reads a payload of some version, and encodes what comes out as the program stores it.
    pub(crate) rewrite: fn(u32, &[u8]) -> Result<Rewritten, Misfit>,
}

type Rewritten = Result<Encoded, Unstorable>;

impl EventKind {
    pub(crate) const fn of<E: Event>() -> Self {
        EventKind {
            lineage: E::LINEAGE,
            rewrite: |version, payload| decode::<E>(version, payload).map(|event| encode(&event)),
        }
    }
}
