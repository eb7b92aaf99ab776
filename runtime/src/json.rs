//! What can be said of JSON without knowing what it means.

use annals_schema::Shape;
use serde_json::Value;

/// How deep serde_json reads.
pub(crate) const DEPTH: usize = 127;

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

/// Whether two JSON texts say the same. The order of a map's entries is no part of that, nor that of a set's.
pub(crate) fn is_same_json(one: &str, other: &str, shape: &Shape<'_>) -> bool {
    let value = |json| {
        let mut value = serde_json::from_str::<Value>(json).ok()?;
        if shape.is_unordered() {
            sort(&mut value);
        }
        Some(value)
    };
    one == other || matches!((value(one), value(other)), (Some(one), Some(other)) if one == other)
}

/// The text without what `jsonb` does not keep: white space, the order of members, how a number is written. `None` for
/// what is no JSON.
pub(crate) fn canonical(json: &[u8]) -> Option<String> {
    let mut value = serde_json::from_slice::<Value>(json).ok()?;
    plain_numbers(&mut value);
    value.sort_all_objects();
    Some(value.to_string())
}

fn plain_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plain_numbers),
        Value::Object(members) => members.values_mut().for_each(plain_numbers),
        Value::Number(number) if number.is_f64() => {
            // Up to here every whole number is a float too.
            let whole = number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0);
            if let Some(float) = whole {
                *value = Value::from(float as i64);
            }
        }
        _ => {}
    }
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

/// Whether JSON text holds an escaped NUL: `\u0000` after an even number of backslashes.
pub(crate) fn holds_nul(json: &str) -> bool {
    json.match_indices("\\u0000").any(|(at, _)| {
        let before = &json.as_bytes()[..at];
        before
            .iter()
            .rev()
            .take_while(|&&byte| byte == b'\\')
            .count()
            % 2
            == 0
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use annals_schema::Schema;

    use super::{DEPTH, canonical, holds_nul, is_same_json, is_too_deep};

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
    fn an_escaped_nul_is_told_from_an_escaped_backslash() {
        assert!(holds_nul(r#"{"a":"x\u0000y"}"#));
        assert!(holds_nul(r#"{"a":"\\\u0000"}"#));
        assert!(!holds_nul(r#"{"a":"\\u0000"}"#));
        assert!(!holds_nul(r#"{"a":"u0000"}"#));
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

    #[test]
    fn what_jsonb_does_not_keep_makes_no_difference() {
        let same = [
            r#"{"b": [1.0, 2], "a": "1"}"#,
            r#"{"a":"1","b":[1,2.00]}"#,
            r#"{"b":[1e0,2],"a":"1"}"#,
        ];
        for json in same {
            assert_eq!(
                canonical(json.as_bytes()).as_deref(),
                Some(r#"{"a":"1","b":[1,2]}"#)
            );
        }
        assert_ne!(canonical(b"1"), canonical(b"\"1\""));
        assert_ne!(canonical(b"1"), canonical(b"1.5"));
        assert_eq!(canonical(b"{"), None);
    }
}
