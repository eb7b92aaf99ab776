//! What expansions name. Not for use by hand: it changes with every release.

pub use crate::aggregate::{
    Aggregate, Apply, Arm, Context, Emits, EventSet, Events, Handle, Kind, Reader, Reads,
    Snapshots, Visit, answer, reads, require_logic_version, require_whole_state, unique_names,
};
pub use crate::event::{
    Encoded, Event, Lineage, Past, Recorded, Unstorable, Upcast, UpcastJson, upcast, upcast_json,
};
pub use annals_schema::{Enum, Field, Fields, Schema, Shape, Struct, Variant};
