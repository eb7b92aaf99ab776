//! What a program that defines events and aggregates names: `use annals::prelude::*;`.
//!
//! `Serialize` and `Deserialize` are serde's own. Their derives name the crate `serde`, which has to be a dependency.

pub use serde::{Deserialize, Serialize};

pub use crate::{
    Aggregate, Apply, Context, Emits, Event, Events, Handle, RawEvent, Recorded, Schema, aggregate,
};
