//! What annals itself appends to the stream of an instance.

use annals_macros::Schema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::Event;

/// A command of the instance took effect, or had none to take.
#[derive(Debug, Clone, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[annals(crate = crate)]
#[non_exhaustive]
pub struct Accepted {
    /// The id of the event by which it was sent.
    pub command_id: Uuid,
    /// Where the aggregate's stream stands after it.
    pub version: u64,
}

/// An aggregate refused a command of the instance.
#[derive(Debug, Clone, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[annals(crate = crate)]
#[non_exhaustive]
pub struct Refused {
    /// The id of the event by which it was sent.
    pub command_id: Uuid,
    /// The place of that event in the stream of the instance.
    pub command_version: u64,
    /// The stored name of the command.
    pub command: String,
    /// The name of the aggregate.
    pub aggregate: String,
    /// The stream of its instance.
    pub stream: String,
    /// The refusal as JSON text.
    pub refusal: String,
}

/// An operator ended the instance.
#[derive(Debug, Clone, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[annals(crate = crate)]
#[non_exhaustive]
pub struct Cancelled {
    /// Why, in the operator's words.
    pub why: String,
}

#[diagnostic::do_not_recommend]
impl Event for Accepted {
    const NAME: &'static str = "annals.accepted";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "Accepted";
}

#[diagnostic::do_not_recommend]
impl Event for Refused {
    const NAME: &'static str = "annals.refused";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "Refused";
}

#[diagnostic::do_not_recommend]
impl Event for Cancelled {
    const NAME: &'static str = "annals.cancelled";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "Cancelled";
}
