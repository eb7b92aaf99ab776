//! Event sourcing.

mod aggregate;
mod append;
mod clock;
#[doc(hidden)]
pub mod compile_time;
mod error;
mod event;
mod metadata;
pub mod prelude;
mod root;
mod store;
mod stream;
pub mod testing;

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
pub use append::{Append, Appended, Expected, NewEvent, Receipt};
pub use clock::Clock;
pub use error::{Conflict, Error, ErrorKind};
pub use event::{Event, Misfit, Past, RawEvent, Recorded, RecordedEvent, Step, Stored};
pub use metadata::Metadata;
pub use root::{
    AsOf, Change, CommandError, EventReader, Execute, History, HistoryEntry, Loaded, Root,
};
pub use store::{Store, StoreOptions, StreamList, StreamReader, Tx};
pub use stream::{Position, StreamId, Version};
