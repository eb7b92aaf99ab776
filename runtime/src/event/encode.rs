//! From an event to the JSON that is stored.

use std::borrow::Cow;
use std::fmt;

use annals_schema::{Schema, Shape};
use serde::Serialize;

use super::{Event, Misfit, decode, finite};
use crate::json::{DEPTH, is_same_json, is_too_deep};

/// An event as it is stored.
#[derive(Clone)]
pub struct Encoded {
    pub(crate) event_type: Cow<'static, str>,
    pub(crate) schema_version: u32,
    /// Whether no release has this version yet.
    pub(crate) is_draft: bool,
    pub(crate) payload: String,
}

/// Without the payload: what is debugged ends in logs.
impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoded")
            .field("event_type", &self.event_type)
            .field("schema_version", &self.schema_version)
            .field("is_draft", &self.is_draft)
            .finish_non_exhaustive()
    }
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
    let payload = to_json(event).map_err(|(path, reason)| unstorable(E::NAME, path, reason))?;
    Ok(Encoded {
        event_type: E::NAME.into(),
        schema_version: E::VERSION,
        is_draft: !E::RELEASE.is_locked,
        payload,
    })
}

fn unstorable(event_type: &'static str, path: String, reason: String) -> Unstorable {
    Unstorable {
        event_type,
        path,
        reason,
    }
}

/// Writes JSON that reads back: serde_json alone would write `null` for a NaN, and deeper than it reads.
pub(crate) fn to_json<T: Serialize + Schema>(value: &T) -> Result<String, (String, String)> {
    // Known to the compiler, so that it builds the second serializer for those types alone that need it.
    if const { T::SHAPE.may_hold_float() } {
        finite::check(value)?;
    }
    readable(serde_json::to_string(value), T::SHAPE)
}

fn readable(
    json: Result<String, serde_json::Error>,
    shape: &Shape<'_>,
) -> Result<String, (String, String)> {
    let json = json.map_err(|error| (String::new(), error.to_string()))?;
    if shape.may_nest() && is_too_deep(&json) {
        let reason =
            format!("its JSON is nested deeper than {DEPTH} levels, and could not be read");
        return Err((String::new(), reason));
    }
    Ok(json)
}

/// Decodes what was encoded, and compares: with the event itself where it is at hand and has `PartialEq`, by its JSON
/// otherwise. What does not come out equal would be read as something else.
pub(crate) fn reads_back<E: Event>(encoded: &Encoded, event: Option<&E>) -> Result<(), Unstorable> {
    let back = decode::<E>(encoded.schema_version, encoded.payload.as_bytes());
    let back = back.map_err(|misfit| unreadable(E::NAME, misfit))?;
    let is_equal = match (event, E::EQUAL) {
        (Some(event), Some(equal)) => equal(event, &back),
        _ => is_same_json(&encoded.payload, &encode(&back)?.payload, E::SHAPE),
    };
    other_event(E::NAME, is_equal)
}

fn unreadable(event_type: &'static str, misfit: Misfit) -> Unstorable {
    let does_not = "its JSON does not read back";
    match misfit {
        Misfit::Payload { path, reason } => {
            unstorable(event_type, path, format!("{does_not}: {reason}"))
        }
        _ => unstorable(event_type, String::new(), does_not.to_owned()),
    }
}

fn other_event(event_type: &'static str, is_equal: bool) -> Result<(), Unstorable> {
    if is_equal {
        return Ok(());
    }
    let reason = "its JSON reads back as another event".to_owned();
    Err(unstorable(event_type, String::new(), reason))
}
