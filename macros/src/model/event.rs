use std::fmt::{self, Display};

use annals_schema::lock::{LockedEvent, LockedVersion};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Expr, LitStr};

use super::lock::{Lock, Locked};
use super::{Item, Number};
use crate::words::{Attribute, COMMAND, EVENT};

/// What is stored under a name of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noun {
    Event,
    Command,
}

/// An event, or a command, which is stored like one; or one of its older versions.
pub(crate) struct Event {
    pub(crate) noun: Noun,
    pub(crate) item: Item,
    /// Whether `past!` has made the type.
    pub(crate) is_past: bool,
    /// The place of the first `#[event(..)]` or `#[command(..)]`.
    pub(crate) attribute: Option<Span>,
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<Number>,
    /// A typed step from the version below.
    pub(crate) upcast: Option<Expr>,
    /// A step over raw JSON.
    pub(crate) upcast_json: Option<Expr>,
    pub(crate) aliases: Vec<LitStr>,
    /// What no shape shows.
    pub(crate) meaning: Option<LitStr>,
    /// What is locked of it.
    pub(crate) lock: Lock<LockedEvent>,
    /// Whether a key was there that could not be read: then its absence is no mistake of its own.
    pub(crate) garbled: bool,
}

impl Event {
    /// What is locked of this version; `None` for a draft.
    pub(crate) fn released(&self) -> Option<&LockedVersion> {
        let (_, event) = self.lock.found.as_ref().ok()?.as_ref()?;
        event.versions.get(&self.version())
    }

    /// This version as messages speak of it; `None` for an event of which nothing is locked.
    pub(crate) fn locked(&self) -> Option<Locked<'_>> {
        let (file, event) = self.lock.found.as_ref().ok()?.as_ref()?;
        Some(Locked {
            noun: self.noun,
            event: &event.name,
            version: self.version(),
            newest: event.newest(),
            file: self.item.lock_file(file),
            is_past: self.is_past,
            ident: self.item.ident.unraw().to_string(),
        })
    }

    /// The version, which is 1 where none is written.
    pub(crate) fn version(&self) -> u32 {
        self.version.as_ref().map_or(1, |version| version.number)
    }
}

impl Noun {
    /// The attribute in which its name stands.
    pub(crate) fn attribute(self) -> &'static Attribute {
        match self {
            Noun::Event => &EVENT,
            Noun::Command => &COMMAND,
        }
    }

    /// The derive, as it is written.
    pub(crate) fn derive(self) -> &'static str {
        match self {
            Noun::Event => "Event",
            Noun::Command => "Command",
        }
    }

    /// What it would be if it had the other attribute.
    pub(crate) fn other(self) -> Self {
        match self {
            Noun::Event => Noun::Command,
            Noun::Command => Noun::Event,
        }
    }
}

/// As messages speak of it.
impl Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Noun::Event => "event",
            Noun::Command => "command",
        })
    }
}
