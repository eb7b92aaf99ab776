//! Facts: what an event is, how it is encoded, and how a stored one is decoded through its upcasts.

mod decode;
mod encode;
mod finite;
mod kind;
mod lineage;
mod locked;
mod place;
mod probe;
mod reason;
mod recorded;
mod release;
mod stored;
mod upcast;

use std::fmt;

use annals_schema::Schema;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use decode::Misfit;
pub(crate) use decode::{decode, from_envelope, from_json};
pub use encode::{Encoded, Unstorable};
pub(crate) use encode::{encode, reads_back, to_json};
pub(crate) use kind::EventKind;
pub use lineage::Lineage;
pub use locked::{
    Locked, field_of, field_of_variant, require, require_content, require_field, require_flattened,
    require_optional, require_part,
};
pub use probe::{Absent, Probe};
pub(crate) use reason::{reason, without_payload};
pub use recorded::{Recorded, RecordedEvent};
pub use release::Release;
pub use stored::Stored;
pub use upcast::{Past, RawEvent, Step, Upcast, UpcastJson, upcast, upcast_json};

/// A fact of the domain: something that happened, and that is stored for ever.
///
/// Write `#[derive(Event)]`; the derive also gives the type its [`Schema`].
///
/// A type is one *version* of an event. The version that the program writes is the newest; older ones stay real
/// types, and each newer one names the step that leads to it from the one below ([`Event::PAST`]).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "add `#[derive(Event, Serialize, Deserialize)]` and `#[event(\"its.name\")]` to `{Self}`"
)]
pub trait Event: Schema + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name under which the event is stored.
    const NAME: &'static str;

    /// The version of the event's shape that this type is. Starts at 1.
    const VERSION: u32;

    /// Other names under which events of this kind, of any version, were stored in the past.
    const ALIASES: &'static [&'static str] = &[];

    /// The step that leads here from the version below; `None` where nothing older can be read.
    const PAST: Option<Past<Self>> = None;

    /// What no shape shows, in words of your own: kept in the schema lock, so that a change of it asks for a new version.
    const MEANING: &'static str = "";

    /// The type's name in Rust, for messages.
    const TYPE: &'static str;

    /// Where the lock lies that this version belongs to, and whether it holds it.
    #[doc(hidden)]
    const RELEASE: Release = Release::UNMANAGED;

    /// This version and all those below it, newest first.
    #[doc(hidden)]
    const LINEAGE: &'static Lineage = &Lineage::of::<Self>();

    /// The type's `PartialEq`, where it has one.
    #[doc(hidden)]
    const EQUAL: Option<fn(&Self, &Self) -> bool> = None;

    /// The type's `Debug`, where it has one.
    #[doc(hidden)]
    const DEBUG: Option<fn(&Self, &mut fmt::Formatter<'_>) -> fmt::Result> = None;
}
