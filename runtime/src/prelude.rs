//! What a program that keeps events names: `use annals::prelude::*;`.
//!
//! `Serialize` and `Deserialize` are serde's own. Their derives name the crate `serde`, which has to be a dependency.

pub use serde::{Deserialize, Serialize};

pub use crate::process::{Out, Process, Rejected, Timer};
pub use crate::{
    Aggregate, Append, Apply, AsOf, Command, CommandError, Context, Emits, Event, Events, Expected,
    Handle, Metadata, NewEvent, Position, Projection, RawEvent, ReadModel, Receipt, Recorded, Root,
    Schema, Store, StreamId, Tx, Version, aggregate, process, projection,
};
