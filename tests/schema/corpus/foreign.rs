//! Types of other crates.

use std::collections::BTreeMap;

use annals::schema::{Schema, sample};
use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use jiff::{SignedDuration, Span, Timestamp, Zoned, civil};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::{NonNilUuid, Uuid};

use super::check;

types! {
    of_uuid: Uuid, NonNilUuid, BTreeMap<Uuid, u8>;
    of_chrono: DateTime<Utc>, DateTime<FixedOffset>, DateTime<Local>, NaiveDateTime, NaiveDate, NaiveTime, TimeDelta, chrono::Weekday, chrono::Month;
    of_time: time::OffsetDateTime, time::UtcDateTime, time::PrimitiveDateTime, time::Date, time::Time, time::UtcOffset, time::Duration, time::Weekday, time::Month;
    of_jiff: Timestamp, Zoned, civil::DateTime, civil::Date, civil::Time, SignedDuration, BTreeMap<civil::Date, u8>;
    of_rust_decimal: Decimal;
    of_serde_json: serde_json::Value, serde_json::Number, serde_json::Map<String, serde_json::Value>;
}

/// Spans cannot be compared, and they are stored as text all the same.
#[test]
fn spans() {
    check::<Span>();
}

/// What goes by one name is stored by one type and read by the other.
#[test]
fn formats_of_one_name_are_one_format() {
    fn reads<A: Schema + Serialize + DeserializeOwned, B: Schema + Serialize + DeserializeOwned>() {
        assert!(annals::schema::changes(A::SHAPE, B::SHAPE).is_empty());
        assert_eq!(A::SHAPE, B::SHAPE);
        let sample = sample::fullest(A::SHAPE).expect("a sample");
        let one: A = serde_json::from_value(sample.clone()).expect("one");
        let stored = serde_json::to_value(one).expect("stored");
        let other: B = serde_json::from_value(stored.clone()).expect("the other");
        assert_eq!(serde_json::to_value(other).expect("stored"), stored);
    }
    fn both<A: Schema + Serialize + DeserializeOwned, B: Schema + Serialize + DeserializeOwned>() {
        reads::<A, B>();
        reads::<B, A>();
    }
    both::<DateTime<Utc>, Timestamp>();
    both::<NaiveDateTime, civil::DateTime>();
    both::<NaiveDate, civil::Date>();
    both::<NaiveDate, time::Date>();
    both::<NaiveTime, civil::Time>();
    both::<chrono::Month, time::Month>();
}

/// The names are distinct where the forms are.
#[test]
fn formats_of_two_names_are_two_formats() {
    let sample = |shape| sample::fullest(shape).expect("a sample");
    assert!(
        serde_json::from_value::<time::OffsetDateTime>(sample(<DateTime<Utc>>::SHAPE)).is_err()
    );
    assert!(serde_json::from_value::<chrono::Weekday>(sample(u8::SHAPE)).is_err());
    assert!(serde_json::from_value::<time::Weekday>(sample(chrono::Weekday::SHAPE)).is_err());
    assert!(serde_json::from_str::<time::Time>("\"12:30:00\"").is_err());
}
