//! Projections: read models that are folds of events.

mod column;
mod column_of;
mod declared;
mod event_handler;
mod exhaustive;
mod handler;
mod key_of;
mod read_model;

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
