//! Shapes of the types of well-known crates, each behind a feature named like the crate.
//!
//! A format has one name, whichever crate writes it: only where the types of two crates read what the other writes do they
//! share it.

use crate::{Schema, Shape};

macro_rules! formats {
    ($feature:literal: $($of:ty: $name:literal $sample:literal;)+) => {
        $(#[cfg(feature = $feature)]
        impl Schema for $of {
            const SHAPE: &'static Shape<'static> = &Shape::Format(crate::Format { name: $name, sample: $sample });
        })+
    };
}

impl Schema for serde_json::Value {
    const SHAPE: &'static Shape<'static> = &Shape::Any;
}

impl Schema for serde_json::value::RawValue {
    const SHAPE: &'static Shape<'static> = &Shape::Any;
}

impl Schema for serde_json::Number {
    const SHAPE: &'static Shape<'static> = &Shape::Format(crate::Format {
        name: "number",
        sample: "1.5",
    });
}

impl Schema for serde_json::Map<String, serde_json::Value> {
    const SHAPE: &'static Shape<'static> = &Shape::Map(&Shape::Text, &Shape::Any);
}

formats! { "uuid":
    uuid::Uuid: "uuid" "\"0191d8a0-0000-7000-8000-000000000000\"";
    uuid::NonNilUuid: "uuid, not nil" "\"0191d8a0-0000-7000-8000-000000000000\"";
}

#[cfg(feature = "chrono")]
impl<Tz: chrono::TimeZone> Schema for chrono::DateTime<Tz> {
    const SHAPE: &'static Shape<'static> = &Shape::Format(crate::Format {
        name: "date-time",
        sample: "\"2024-02-29T12:30:00.123456Z\"",
    });
}

formats! { "chrono":
    chrono::NaiveDateTime: "local date-time" "\"2024-02-29T12:30:00.123456\"";
    chrono::NaiveDate: "date" "\"2024-02-29\"";
    chrono::NaiveTime: "time" "\"12:30:00.123456\"";
    chrono::Weekday: "short weekday" "\"Thu\"";
    chrono::Month: "month" "\"February\"";
}

#[cfg(feature = "chrono")]
impl Schema for chrono::TimeDelta {
    /// Seconds and nanoseconds, of which neither may be any number.
    const SHAPE: &'static Shape<'static> = &Shape::Tuple(&[
        &Shape::of_word("i64", "-90061"),
        &Shape::of_word("i32", "123456000"),
    ]);
}

// With `serde-human-readable`, which this crate switches on.
formats! { "time":
    time::OffsetDateTime: "spaced date-time" "\"2024-02-29 12:30:00.123456 +00:00:00\"";
    time::UtcDateTime: "spaced date-time in utc" "\"2024-02-29 12:30:00.123456\"";
    time::PrimitiveDateTime: "spaced local date-time" "\"2024-02-29 12:30:00.123456\"";
    time::Date: "date" "\"2024-02-29\"";
    time::Time: "time with fraction" "\"12:30:00.123456\"";
    time::UtcOffset: "utc offset" "\"+01:00:00\"";
    time::Duration: "seconds with fraction" "\"90061.123456000\"";
    time::Weekday: "weekday" "\"Thursday\"";
    time::Month: "month" "\"February\"";
}

formats! { "jiff":
    jiff::Timestamp: "date-time" "\"2024-02-29T12:30:00.123456Z\"";
    jiff::Zoned: "date-time with zone" "\"2024-02-29T12:30:00.123456+01:00[+01:00]\"";
    jiff::civil::DateTime: "local date-time" "\"2024-02-29T12:30:00.123456\"";
    jiff::civil::Date: "date" "\"2024-02-29\"";
    jiff::civil::Time: "time" "\"12:30:00.123456\"";
    jiff::Span: "calendar duration" "\"P1DT1H1.123456S\"";
    jiff::SignedDuration: "duration" "\"PT25H1.123456S\"";
}

formats! { "rust_decimal":
    rust_decimal::Decimal: "decimal" "\"12.50\"";
}
