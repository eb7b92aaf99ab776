//! From an event to the JSON that is stored.

use serde::Serialize;

use super::{Event, Misfit, decode, finite};

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

/// Decodes what was encoded and encodes it again: what does not come out equal would be read as something else.
pub(crate) fn reads_back<E: Event>(encoded: &Encoded) -> Result<(), Unstorable> {
    let refuse = |path: String, reason: String| Unstorable {
        event_type: E::NAME,
        path,
        reason,
    };
    let again = match decode::<E>(encoded.schema_version, encoded.payload.as_bytes()) {
        Ok(event) => encode(&event)?.payload,
        Err(Misfit::Payload { path, reason }) => {
            return Err(refuse(
                path,
                format!("its JSON does not read back: {reason}"),
            ));
        }
        Err(_) => return Err(refuse(String::new(), "its JSON does not read back".into())),
    };
    if is_same_json(&encoded.payload, &again) {
        return Ok(());
    }
    Err(refuse(
        String::new(),
        "its JSON reads back as another event".into(),
    ))
}

/// Whether two JSON texts say the same; the order of a map's entries is no part of that.
pub(crate) fn is_same_json(one: &str, other: &str) -> bool {
    let value = |json| serde_json::from_str::<serde_json::Value>(json);
    one == other || matches!((value(one), value(other)), (Ok(one), Ok(other)) if one == other)
}
