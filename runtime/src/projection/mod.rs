//! Projections: read models that are folds of events.

mod bulk;
mod column;
mod column_of;
mod declared;
mod definition;
mod engine;
mod event_handler;
mod exhaustive;
mod follow;
mod handler;
mod inline;
mod kept_text;
mod key_of;
mod lease;
mod live;
pub mod parked;
mod parking;
mod reaction;
mod read;
mod read_model;
mod registered;
mod routes;
mod rows;
mod running;
mod start;
pub mod status;
mod workers;

pub use column::{Column, ColumnKind, ColumnType, Value};
pub use column_of::{ColumnOf, values};
pub use declared::{JsonColumn, NotNull, Nullability, TextColumn, TextKey};
pub use event_handler::{
    AsyncHandler, AsyncRules, EventHandler, HandleEvent, Handling, handled, text_key,
};
pub use exhaustive::{ignored, require_handled, require_projected};
pub use handler::{
    Failure, Handler, IntoDone, IntoRow, Mode, Project, Projection, Rules, insert, key_of,
    key_of_stream, keys_of, replace, update, upsert,
};
pub use key_of::{KeyOf, KeyProbe, NoKey};
pub use read_model::{KeyColumn, KeyOfStream, Misfilled, ReadModel, RowKey, ToKey};

pub use live::Live;
pub use read::{ReadRows, RowList};
pub(crate) use running::LEASE;
pub use running::Running;

pub(crate) use bulk::{Bulk, Read, Reader};
pub(crate) use definition::{Definition, table_name};
pub(crate) use engine::{Beside, Doing, Engine, Halt, Page, Taken, Taking, Trouble, partition_of};
pub(crate) use handler::typed;
pub(crate) use inline::Inline;
pub(crate) use kept_text::kept;
pub(crate) use lease::Lease;
pub(crate) use parking::{new_parked, tell};
pub(crate) use reaction::Reaction;
pub(crate) use registered::Registered;
pub(crate) use routes::{Routed, Routes, Sources};
pub(crate) use rows::{Rows, guard, panicked};
pub(crate) use start::{add_current, check, prepare};
