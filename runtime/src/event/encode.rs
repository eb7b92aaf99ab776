//! From an event to the JSON that is stored.

use annals_schema::Shape;
use serde::Serialize;

use super::{Event, Misfit, decode, finite};
use crate::json::{DEPTH, is_same_json, is_too_deep};

/// An event as it is stored.
#[derive(Debug, Clone)]
pub struct Encoded {
    pub(crate) event_type: &'static str,
    pub(crate) schema_version: u32,
    /// Whether no release has this version yet.
    pub(crate) is_draft: bool,
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
    let payload = to_json(event, E::SHAPE).map_err(|(path, reason)| refuse(path, reason))?;
    Ok(Encoded {
        event_type: E::NAME,
        schema_version: E::VERSION,
        is_draft: !E::RELEASE.is_locked,
        payload,
    })
}

/// Writes JSON that reads back: serde_json alone would write `null` for a NaN, and deeper than it reads.
pub(crate) fn to_json<T: Serialize>(
    value: &T,
    shape: &Shape<'_>,
) -> Result<String, (String, String)> {
    if shape.may_hold_float() {
        finite::check(value)?;
    }
    let json = serde_json::to_string(value).map_err(|error| (String::new(), error.to_string()))?;
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
    let refuse = |path: String, reason: String| Unstorable {
        event_type: E::NAME,
        path,
        reason,
    };
    let back = match decode::<E>(encoded.schema_version, encoded.payload.as_bytes()) {
        Ok(back) => back,
        Err(Misfit::Payload { path, reason }) => {
            return Err(refuse(
                path,
                format!("its JSON does not read back: {reason}"),
            ));
        }
        Err(_) => return Err(refuse(String::new(), "its JSON does not read back".into())),
    };
    let is_equal = match (event, E::EQUAL) {
        (Some(event), Some(equal)) => equal(event, &back),
        _ => is_same_json(&encoded.payload, &encode(&back)?.payload, E::SHAPE),
    };
    if is_equal {
        return Ok(());
    }
    Err(refuse(
        String::new(),
        "its JSON reads back as another event".into(),
    ))
}
