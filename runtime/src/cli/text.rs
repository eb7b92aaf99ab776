//! Values as lines that people read.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

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

/// When something is due, and how far away that is at a time.
pub(super) fn due(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let left = at - now;
    match left > TimeDelta::zero() {
        true => format!("due {}, in {}", time(at), span(left)),
        false => format!("due {}, overdue by {}", time(at), span(-left)),
    }
}

/// A length of time in its two largest units.
pub(crate) fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
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
    use chrono::{DateTime, TimeDelta};

    use super::{bytes, due, plain, span};

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(plain("größe, 1"), "größe, 1");
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{9b}d"), "a\\u{1b}[2Jb\\nc\\u{9b}d");
    }

    #[test]
    fn a_length_of_time_has_two_units() {
        for (seconds, said) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (3599, "59 min 59 s"),
            (3600, "1 h 0 min"),
            (86_399, "23 h 59 min"),
            (90_000, "1 d 1 h"),
            (400 * 86_400, "400 d 0 h"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), said);
        }
    }

    #[test]
    fn what_is_due_is_told_by_the_clock() {
        let now = DateTime::UNIX_EPOCH;
        let later = now + TimeDelta::seconds(90);
        assert_eq!(
            due(later, now),
            "due 1970-01-01T00:01:30.000000Z, in 1 min 30 s"
        );
        assert_eq!(
            due(now, later),
            "due 1970-01-01T00:00:00.000000Z, overdue by 1 min 30 s"
        );
    }

    #[test]
    fn bytes_are_rounded_to_a_unit() {
        assert_eq!(bytes(1023), "1023 bytes");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(65_536), "64.0 KiB");
        assert_eq!(bytes(3 << 40), "3.0 TiB");
    }
}
