//! Where in a JSON text an error lies. serde_json tells the line and the column; a path says more to people, and to find it
//! here spares a second deserializer for every event, which the compiler would have to build.

use std::fmt::Write;

/// The path of the value at which a decoder gave up, like `items[0].price`; empty for the whole text.
pub(super) fn path(json: &[u8], error: &serde_json::Error) -> String {
    // At the end of the text, what is missing is missing from the whole.
    if error.line() == 0 {
        return String::new();
    }
    let mut lines = json.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines.by_ref().take(error.line() - 1).map(<[u8]>::len).sum();
    path_at(json, before + error.column())
}

/// One level of nesting.
enum Level {
    Object { key: Option<String> },
    List { index: usize },
}

/// The path of the value that ends at `end` or contains it.
fn path_at(json: &[u8], end: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut at = 0;
    while at < json.len() && at < end {
        let next = after(json, at);
        match json[at] {
            b'{' => levels.push(Level::Object { key: None }),
            b'[' => levels.push(Level::List { index: 0 }),
            b'}' | b']' => {
                // What is wrong with a whole object or list is found at its end.
                let inner = levels.pop();
                if next >= end && inner.is_some() {
                    return text(&levels);
                }
            }
            b',' => match levels.last_mut() {
                Some(Level::Object { key }) => *key = None,
                Some(Level::List { index }) => *index += 1,
                None => {}
            },
            b'"' => {
                if let Some(Level::Object { key: key @ None }) = levels.last_mut() {
                    // An unknown name is wrong with the object.
                    if next >= end {
                        levels.pop();
                        return text(&levels);
                    }
                    *key = serde_json::from_slice(&json[at..next]).ok();
                }
            }
            _ => {}
        }
        at = next;
    }
    text(&levels)
}

/// The end of the token that starts here.
fn after(json: &[u8], start: usize) -> usize {
    let rest = &json[start + 1..];
    let length = match json[start] {
        b'"' => {
            let mut is_escaped = false;
            let end = rest.iter().position(|&byte| {
                let ends = byte == b'"' && !is_escaped;
                is_escaped = byte == b'\\' && !is_escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 1)
        }
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 0,
        byte if byte.is_ascii_whitespace() => 0,
        _ => {
            let end = rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || b",:]}".contains(byte));
            end.unwrap_or(rest.len())
        }
    };
    start + 1 + length
}

fn text(levels: &[Level]) -> String {
    let mut path = String::new();
    for level in levels {
        // Writing to a `String` does not fail.
        let _ = match level {
            Level::Object { key: None } => Ok(()),
            Level::Object { key: Some(key) } if path.is_empty() => write!(path, "{key}"),
            Level::Object { key: Some(key) } => write!(path, ".{key}"),
            Level::List { index } => write!(path, "[{index}]"),
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{path, path_at};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Order {
        lines: Vec<Line>,
        note: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Line {
        cents: u8,
        kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    enum Kind {
        Plain,
        Named { name: String },
    }

    #[test]
    fn misfits_are_placed() {
        for (json, expected) in [
            (r#"{"lines": [], "note": 5}"#, "note"),
            (r#"{"note": "a, \"}b"}"#, ""),
            (
                r#"{"lines": [{"cents": 1, "kind": "Plain"}, {"cents": 300, "kind": "Plain"}]}"#,
                "lines[1].cents",
            ),
            (
                r#"{"lines": [{"cents": "x", "kind": "Plain"}]}"#,
                "lines[0].cents",
            ),
            (r#"{"lines": [{"kind": "Plain"}]}"#, "lines[0]"),
            (
                r#"{"lines": [{"cents": 1, "kind": "Odd"}]}"#,
                "lines[0].kind",
            ),
            (
                r#"{"lines": [{"cents": 1, "kind": {"Named": {"name": 5}}}]}"#,
                "lines[0].kind.Named.name",
            ),
            (
                r#"{"lines": [{"cents": 1, "kind": {"Named": {}}}]}"#,
                "lines[0].kind.Named",
            ),
            (r#"{"lines": [{"cents": 1, "odd": 2}]}"#, "lines[0]"),
            (
                "{\n  \"lines\": [\n    {\"cents\":\n 300}]}",
                "lines[0].cents",
            ),
            (r#"{"lines": {}}"#, "lines"),
            (r#"[]"#, ""),
            (r#"5"#, ""),
        ] {
            let error = serde_json::from_str::<Order>(json).expect_err(json);
            assert_eq!(path(json.as_bytes(), &error), expected, "{json}: {error}");
        }
    }

    #[test]
    fn no_text_is_too_broken() {
        for json in [
            "",
            "\"",
            "{\"a",
            "{]}",
            "[,,}",
            "\\",
            "{\"a\":\"\\\"",
            "}}]]",
        ] {
            for end in 0..json.len() + 3 {
                path_at(json.as_bytes(), end);
            }
        }
    }
}
