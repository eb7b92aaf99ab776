//! Shapes of the types of well-known crates, each behind a feature named like the crate.

#[cfg(any(feature = "chrono", feature = "serde_json", feature = "uuid"))]
use crate::{Schema, Shape};

#[cfg(feature = "uuid")]
impl Schema for uuid::Uuid {
    const SHAPE: &'static Shape = &Shape::Declared("uuid");
}

#[cfg(feature = "serde_json")]
impl Schema for serde_json::Value {
    const SHAPE: &'static Shape = &Shape::Any;
}

#[cfg(feature = "chrono")]
mod chrono_types {
    use super::{Schema, Shape};

    impl<Tz: chrono::TimeZone> Schema for chrono::DateTime<Tz> {
        const SHAPE: &'static Shape = &Shape::Declared("RFC 3339 date and time with offset");
    }

    impl Schema for chrono::NaiveDateTime {
        const SHAPE: &'static Shape = &Shape::Declared("ISO 8601 date and time");
    }

    impl Schema for chrono::NaiveDate {
        const SHAPE: &'static Shape = &Shape::Declared("ISO 8601 date");
    }

    impl Schema for chrono::NaiveTime {
        const SHAPE: &'static Shape = &Shape::Declared("ISO 8601 time");
    }
}
