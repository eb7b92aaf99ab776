//! Values as lines that people read.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};

/// The text in one line, with what would steer a terminal escaped.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign.is_control() {
            true => plain.extend(sign.escape_default()),
            false => plain.push(sign),
        }
    }
    Cow::Owned(plain)
}

pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A number of bytes, rounded.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64;
    let mut unit = None;
    for next in UNITS {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = Some(next);
    }
    match unit {
        None => format!("{bytes} bytes"),
        Some(unit) => format!("{size:.1} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, plain};

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(plain("größe, 1"), "größe, 1");
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{9b}d"), "a\\u{1b}[2Jb\\nc\\u{9b}d");
    }

    #[test]
    fn bytes_are_rounded_to_a_unit() {
        assert_eq!(bytes(1023), "1023 bytes");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(65_536), "64.0 KiB");
        assert_eq!(bytes(3 << 40), "3.0 TiB");
    }
}
