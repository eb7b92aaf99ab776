//! What expansions name. Not for use by hand: it changes with every release.

pub use annals_macros::PastEvent;

pub use crate::aggregate::{
    Accepted, Accepts, Aggregate, Answer, AnyEvent, Apply, Arm, Command, Context, Emits, EventSet,
    Events, Handle, IntoEvents, Kind, Reader, Reads, Snapshots, Visit, answer, any_event, debug,
    listed, reads, require_events, require_logic_version, require_whole_state, unique_names,
};
pub use crate::event::{
    Absent, Encoded, Event, Lineage, Locked, Past, Probe, Recorded, Release, Stored, Unstorable,
    Upcast, UpcastJson, field_of, field_of_variant, require, require_content, require_field,
    require_flattened, require_optional, require_part, upcast, upcast_json,
};
pub use crate::process::{
    Input, OnRejected, OnTimer, Out, Process, ReactTo, Rejected, Timer, begin, change, either,
    go_on,
};
pub use crate::projection::{
    AsyncHandler, Column, ColumnOf, EventHandler, Failure, HandleEvent, Handler, KeyOf, KeyProbe,
    Misfilled, Mode, NoKey, NotNull, Nullability, Project, Projection, ReadModel,
    Value as ColumnValue, handled, ignored, insert, key_of, key_of_stream, keys_of, replace,
    require_handled, require_projected, text_key, update, upsert, values,
};
pub use crate::store::Tx;
pub use annals_schema::{
    Enum, Field, Fields, Format, Schema, Shape, Skip, Struct, Tagging, Variant, Within,
};
/// No field of an old version is left out: nothing writes one.
pub fn never<T: ?Sized>(_: &T) -> bool {
    false
}

pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
pub use serde;
pub use serde_json::Value;
pub use uuid::Uuid;
