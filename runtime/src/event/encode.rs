//! From an event to the JSON that is stored.

use serde::Serialize;

use super::{Event, finite};

/// An event as it is stored.
#[derive(Debug, Clone)]
pub struct Encoded {
    pub(crate) event_type: &'static str,
    pub(crate) schema_version: u32,
    pub(crate) payload: String,
}

/// Why an event cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unstorable {
    /// The event's stored name.
    pub event_type: &'static str,
    /// Where in the event, like `amount.rate`; empty for the whole of it.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

pub(crate) fn encode<E: Event>(event: &E) -> Result<Encoded, Unstorable> {
    let refuse = |path: String, reason: String| Unstorable {
        event_type: E::NAME,
        path,
        reason,
    };
    let payload = to_json(event, const { E::SHAPE.may_hold_float() })
        .map_err(|(path, reason)| refuse(path, reason))?;
    Ok(Encoded {
        event_type: E::NAME,
        schema_version: E::VERSION,
        payload,
    })
}

/// Writes JSON that reads back as the value: serde_json alone would write `null` for a NaN.
pub(crate) fn to_json<T: Serialize>(
    value: &T,
    may_hold_float: bool,
) -> Result<String, (String, String)> {
    if may_hold_float {
        finite::check(value)?;
    }
    serde_json::to_string(value).map_err(|error| (String::new(), error.to_string()))
}
