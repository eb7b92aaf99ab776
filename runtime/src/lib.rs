//! Event sourcing.

mod aggregate;
#[doc(hidden)]
pub mod compile_time;
mod error;
mod event;
mod metadata;
pub mod prelude;
mod stream;

#[doc(hidden)]
#[path = "rt.rs"]
pub mod __rt;

pub use aggregate::{
    Aggregate, Apply, Context, Emits, EventSet, Events, Handle, SnapshotProgress, Snapshots,
};
/// Macros, beside the traits of the same names.
pub use annals_macros::{Aggregate, Event, Schema, aggregate};
pub use annals_schema as schema;
pub use annals_schema::{Schema, Shape};
pub use error::{Conflict, Error, ErrorKind};
pub use event::{Event, Past, RawEvent, Recorded, RecordedEvent, Step};
pub use metadata::Metadata;
pub use stream::{Position, StreamId, Version};
