//! Shapes of the types of well-known crates, each behind a feature named like the crate.

use crate::{Schema, Shape};

/// A form that is known by its name, with JSON of one value.
#[cfg(any(feature = "chrono", feature = "uuid"))]
const fn format(name: &'static str, sample: &'static str) -> Shape<'static> {
    Shape::Format(crate::Format { name, sample })
}

#[cfg(feature = "uuid")]
impl Schema for uuid::Uuid {
    const SHAPE: &'static Shape<'static> =
        &format("uuid", "\"0191d8a0-0000-7000-8000-000000000000\"");
}

impl Schema for serde_json::Value {
    const SHAPE: &'static Shape<'static> = &Shape::Any;
}

#[cfg(feature = "chrono")]
mod chrono_types {
    use super::{Schema, Shape, format};

    impl<Tz: chrono::TimeZone> Schema for chrono::DateTime<Tz> {
        const SHAPE: &'static Shape<'static> =
            &format("date-time", "\"2024-02-29T12:30:00.123456Z\"");
    }

    impl Schema for chrono::NaiveDateTime {
        const SHAPE: &'static Shape<'static> =
            &format("local date-time", "\"2024-02-29T12:30:00.123456\"");
    }

    impl Schema for chrono::NaiveDate {
        const SHAPE: &'static Shape<'static> = &format("date", "\"2024-02-29\"");
    }

    impl Schema for chrono::NaiveTime {
        const SHAPE: &'static Shape<'static> = &format("time", "\"12:30:00.123456\"");
    }
}
