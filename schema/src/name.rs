//! Names in paths and facts, in quotes where they need them.

use crate::text::Text;

/// Adds a name, in quotes where it could be mistaken for something else.
pub(crate) const fn push_name(text: &mut Text, name: &str) {
    if is_simple(name) {
        text.push(name);
        return;
    }
    text.push("\"");
    let bytes = name.as_bytes();
    let (mut i, mut start) = (0, 0);
    while i < bytes.len() {
        if bytes[i] == b'"' || bytes[i] == b'\\' {
            push_bytes(text, bytes, start, i);
            text.push("\\");
            start = i;
        }
        i += 1;
    }
    push_bytes(text, bytes, start, i);
    text.push("\"");
}

const fn push_bytes(text: &mut Text, bytes: &[u8], start: usize, end: usize) {
    let (_, from) = bytes.split_at(start);
    let (piece, _) = from.split_at(end - start);
    if let Ok(piece) = std::str::from_utf8(piece) {
        text.push(piece);
    }
}

/// Whether a name needs no quotes: ASCII letters, digits, `_`, `-`, `$`, `@` and `/`.
pub(crate) const fn is_simple(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !matches!(bytes[i], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'$' | b'@' | b'/')
        {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}
