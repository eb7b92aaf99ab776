//! From an event to the JSON that is stored.

use annals_schema::Shape;
use serde::Serialize;
use serde_json::Value;

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
    let payload = to_json(event, E::SHAPE).map_err(|(path, reason)| refuse(path, reason))?;
    Ok(Encoded {
        event_type: E::NAME,
        schema_version: E::VERSION,
        payload,
    })
}

/// How deep serde_json reads.
const DEPTH: usize = 127;

/// Writes JSON that reads back: serde_json alone would write `null` for a NaN, and deeper than it reads.
pub(crate) fn to_json<T: Serialize>(value: &T, shape: &Shape) -> Result<String, (String, String)> {
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

/// Whether JSON is nested deeper than it can be read.
pub(crate) fn is_too_deep(json: &str) -> bool {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => depth += 1,
            b']' | b'}' if !is_text => depth -= 1,
            _ => continue,
        }
        if depth > DEPTH {
            return true;
        }
    }
    false
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

/// Whether two JSON texts say the same. The order of a map's entries is no part of that, nor that of a set's.
pub(crate) fn is_same_json(one: &str, other: &str, shape: &Shape) -> bool {
    let value = |json| {
        let mut value = serde_json::from_str::<Value>(json).ok()?;
        if shape.is_unordered() {
            sort(&mut value);
        }
        Some(value)
    };
    one == other || matches!((value(one), value(other)), (Some(one), Some(other)) if one == other)
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(sort);
            items.sort_by_cached_key(Value::to_string);
        }
        Value::Object(members) => members.values_mut().for_each(sort),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use annals_schema::Schema;

    use super::{DEPTH, is_same_json, is_too_deep};

    #[test]
    fn the_depth_is_that_which_can_be_read() {
        for (depth, is_read) in [(DEPTH, true), (DEPTH + 1, false)] {
            let json = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&json).is_ok(),
                is_read,
                "{depth}"
            );
            assert_eq!(is_too_deep(&json), !is_read, "{depth}");
        }
        assert!(
            !is_too_deep(&format!(r#""\"{}""#, "[".repeat(200))),
            "brackets in a text"
        );
    }

    #[test]
    fn the_order_of_a_set_says_nothing() {
        assert!(is_same_json("[1,2]", "[2,1]", <HashSet<u8>>::SHAPE));
        assert!(!is_same_json("[1,2]", "[2,1]", <Vec<u8>>::SHAPE));
        assert!(is_same_json(
            r#"{"a":1,"b":2}"#,
            r#"{"b":2,"a":1}"#,
            <Vec<u8>>::SHAPE
        ));
    }
}
