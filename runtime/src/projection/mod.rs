//! Projections: read models that are folds of events.

mod column;
mod event_handler;
mod handler;
mod read_model;

pub use column::{AsJson, AsText, Column, ColumnKind, ColumnType, Value};
pub use event_handler::{AsyncHandler, AsyncRules, EventHandler, HandleEvent, Handling};
pub use handler::{
    Failure, Handler, IntoDone, IntoRow, Mode, Project, Projection, Rules, insert, key_of,
    key_of_stream, keys_of, replace, update, upsert,
};
pub use read_model::{KeyOfStream, Misfilled, ReadModel, RowKey, ToKey};
