//! Times as text that sorts like the times do, and that people can read.

use chrono::{DateTime, SecondsFormat, Utc};

pub(super) fn write(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub(super) fn read(text: &str) -> Result<DateTime<Utc>, sqlx::Error> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.with_timezone(&Utc))
        .map_err(|error| sqlx::Error::Decode(format!("{text:?} is no time: {error}").into()))
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::{read, write};

    #[test]
    fn times_keep_their_microseconds_and_sort_as_text() {
        let early = Utc
            .timestamp_micros(1_700_000_000_000_000)
            .single()
            .expect("a time");
        let late = Utc
            .timestamp_micros(1_700_000_000_000_001)
            .single()
            .expect("a time");
        assert_eq!(write(early), "2023-11-14T22:13:20.000000Z");
        assert!(write(early) < write(late));
        assert_eq!(read(&write(late)).expect("a time"), late);
    }
}
