use annals_schema::lock::LockedAggregate;
use proc_macro2::{Ident, Span};
use syn::{Expr, LitStr, Path, Type};

use super::Item;
use super::lock::Lock;
use crate::names::snake_case;

/// An aggregate.
pub(crate) struct Aggregate {
    pub(crate) item: Item,
    /// The place of the first `#[aggregate(..)]`.
    pub(crate) attribute: Option<Span>,
    pub(crate) name: Option<LitStr>,
    /// The key `events`, whether or not something stands in its parentheses.
    pub(crate) events_key: Option<Ident>,
    pub(crate) events: Vec<Path>,
    pub(crate) commands: Vec<Path>,
    pub(crate) reads: Vec<Expr>,
    pub(crate) id: Option<Type>,
    pub(crate) snapshot: Option<Snapshot>,
    /// What is locked of it.
    pub(crate) lock: Lock<LockedAggregate>,
    /// Whether a key was there that could not be read: then its absence is no mistake of its own.
    pub(crate) garbled: bool,
}

/// When a snapshot is taken.
pub(crate) struct Snapshot {
    /// The key `snapshot`.
    pub(crate) key: Ident,
    pub(crate) every: Option<Every>,
    pub(crate) when: Option<Expr>,
    pub(crate) logic: Option<u32>,
    pub(crate) garbled: bool,
}

pub(crate) struct Every {
    pub(crate) events: u64,
    pub(crate) span: Span,
}

impl Aggregate {
    /// The file in which the aggregate is locked, and the events that it has to read; none for a draft.
    pub(crate) fn locked(&self) -> (String, Vec<&String>) {
        match &self.lock.found {
            Ok(Some((file, locked))) => (self.item.lock_file(file), locked.events.iter().collect()),
            _ => (String::new(), Vec::new()),
        }
    }

    /// The name, which is the type's where none is written.
    pub(crate) fn name(&self) -> String {
        match &self.name {
            Some(name) => name.value(),
            None => snake_case(&syn::ext::IdentExt::unraw(&self.item.ident).to_string()),
        }
    }
}

/// The last segment of an event's path, after which its variant is named.
pub(crate) fn variant(event: &Path) -> &Ident {
    let last = event.segments.last();
    &last.expect("a path has a segment").ident
}
