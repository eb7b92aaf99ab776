//! Columns of read models: which types can be one, and how their values are handed to both databases alike.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use uuid::Uuid;

use super::declared::{from_json, to_json};
use crate::stream::{Position, Version};

/// A column of a read model's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may hold null.
    pub nullable: bool,
    /// Whether rows are found by it.
    pub key: bool,
    /// Whether it has an index of its own.
    pub index: bool,
}

impl Column {
    /// A column for values of `T`.
    #[must_use]
    pub const fn of<T: ColumnType>(name: &'static str) -> Self {
        Column::of_kind(name, T::KIND, T::NULLABLE)
    }

    /// A column of a type that is none by itself.
    pub(super) const fn of_kind(name: &'static str, kind: ColumnKind, nullable: bool) -> Self {
        Column {
            name,
            kind,
            nullable,
            key: false,
            index: false,
        }
    }

    /// The same column as a part of the key.
    #[must_use]
    pub const fn key(mut self) -> Self {
        self.key = true;
        self
    }

    /// The same column with an index.
    #[must_use]
    pub const fn indexed(mut self) -> Self {
        self.index = true;
        self
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnKind {
    /// `boolean`; 0 or 1 in SQLite.
    Boolean,
    /// `bigint`.
    Integer,
    /// `double precision`, always a finite number.
    Float,
    /// `text`.
    Text,
    /// `uuid`; text in SQLite.
    Uuid,
    /// `timestamptz`, to the microsecond; in SQLite text that sorts like the times do.
    Timestamp,
    /// `date`; text in SQLite.
    Date,
    /// `jsonb`; text in SQLite.
    Json,
    /// `bytea`; a blob in SQLite.
    Bytes,
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value.
    Null,
    /// Of [`ColumnKind::Boolean`].
    Boolean(bool),
    /// Of [`ColumnKind::Integer`].
    Integer(i64),
    /// Of [`ColumnKind::Float`].
    Float(f64),
    /// Of [`ColumnKind::Text`].
    Text(String),
    /// Of [`ColumnKind::Uuid`].
    Uuid(Uuid),
    /// Of [`ColumnKind::Timestamp`].
    Timestamp(DateTime<Utc>),
    /// Of [`ColumnKind::Date`].
    Date(NaiveDate),
    /// Of [`ColumnKind::Json`], as text.
    Json(String),
    /// Of [`ColumnKind::Bytes`].
    Bytes(Vec<u8>),
}

/// A type whose values fill a column.
///
/// For a type of your own, write `#[column(text)]` at the field where it has `Display` and `FromStr`, or `#[column(json)]`
/// where it has serde's traits; or implement this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of a column",
    label = "no column holds this",
    note = "write `#[column(text)]` at the field where `{Self}` has `Display` and `FromStr`, or `#[column(json)]` where it has `Serialize` and `Deserialize`"
)]
pub trait ColumnType: Sized {
    /// What the column holds.
    const KIND: ColumnKind;
    /// Whether it may hold null.
    const NULLABLE: bool = false;

    /// The value as the database keeps it.
    ///
    /// # Errors
    /// Where no database keeps it as it is, in words that go on after "column `x`".
    fn to_value(&self) -> Result<Value, String>;

    /// The value as it was kept.
    ///
    /// # Errors
    /// Where it is none of this type, in words that go on after "column `x`".
    fn from_value(value: Value) -> Result<Self, String>;
}

/// What is wrong with a value that is of another kind.
pub(super) fn unexpected(value: &Value, expected: &str) -> String {
    let found = match value {
        Value::Null => "null",
        Value::Boolean(_) => "a boolean",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a float",
        Value::Text(_) => "text",
        Value::Uuid(_) => "a uuid",
        Value::Timestamp(_) => "a timestamp",
        Value::Date(_) => "a date",
        Value::Json(_) => "JSON",
        Value::Bytes(_) => "bytes",
    };
    format!("holds {found}, expected {expected}")
}

impl<T: ColumnType> ColumnType for Option<T> {
    const KIND: ColumnKind = T::KIND;
    const NULLABLE: bool = true;

    fn to_value(&self) -> Result<Value, String> {
        self.as_ref().map_or(Ok(Value::Null), T::to_value)
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl ColumnType for bool {
    const KIND: ColumnKind = ColumnKind::Boolean;

    fn to_value(&self) -> Result<Value, String> {
        Ok(Value::Boolean(*self))
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Boolean(value) => Ok(value),
            value => Err(unexpected(&value, "a boolean")),
        }
    }
}

macro_rules! integers {
    ($($of:ty),+) => {
        $(impl ColumnType for $of {
            const KIND: ColumnKind = ColumnKind::Integer;

            fn to_value(&self) -> Result<Value, String> {
                let value = i64::try_from(*self);
                value.map(Value::Integer).map_err(|_| "cannot hold a number beyond 64 bits with a sign".to_owned())
            }

            fn from_value(value: Value) -> Result<Self, String> {
                match value {
                    Value::Integer(value) => value
                        .try_into()
                        .map_err(|_| format!("holds a number that is no {}", stringify!($of))),
                    value => Err(unexpected(&value, "an integer")),
                }
            }
        })+
    };
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! places {
    ($($of:ty),+) => {
        $(impl ColumnType for $of {
            const KIND: ColumnKind = ColumnKind::Integer;

            fn to_value(&self) -> Result<Value, String> {
                self.get().to_value()
            }

            fn from_value(value: Value) -> Result<Self, String> {
                u64::from_value(value).map(<$of>::new)
            }
        })+
    };
}

places!(Position, Version);

impl ColumnType for f64 {
    const KIND: ColumnKind = ColumnKind::Float;

    fn to_value(&self) -> Result<Value, String> {
        match self.is_finite() {
            true => Ok(Value::Float(*self)),
            false => Err(format!("cannot hold {self}")),
        }
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Float(value) => Ok(value),
            value => Err(unexpected(&value, "a float")),
        }
    }
}

impl ColumnType for f32 {
    const KIND: ColumnKind = ColumnKind::Float;

    fn to_value(&self) -> Result<Value, String> {
        f64::from(*self).to_value()
    }

    fn from_value(value: Value) -> Result<Self, String> {
        #[expect(clippy::cast_possible_truncation, reason = "it was one of 32 bits")]
        f64::from_value(value).map(|value| value as f32)
    }
}

impl ColumnType for String {
    const KIND: ColumnKind = ColumnKind::Text;

    fn to_value(&self) -> Result<Value, String> {
        match self.contains('\0') {
            false => Ok(Value::Text(self.clone())),
            true => Err("cannot hold the character NUL".to_owned()),
        }
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Text(value) => Ok(value),
            value => Err(unexpected(&value, "text")),
        }
    }
}

impl ColumnType for Uuid {
    const KIND: ColumnKind = ColumnKind::Uuid;

    fn to_value(&self) -> Result<Value, String> {
        Ok(Value::Uuid(*self))
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Uuid(value) => Ok(value),
            value => Err(unexpected(&value, "a uuid")),
        }
    }
}

/// The years that both databases keep, and sort.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

fn within_years(year: i32) -> Result<(), String> {
    match YEARS.contains(&year) {
        true => Ok(()),
        false => Err(format!(
            "cannot hold the year {year}: years go from 1 to 9999"
        )),
    }
}

impl ColumnType for DateTime<Utc> {
    const KIND: ColumnKind = ColumnKind::Timestamp;

    fn to_value(&self) -> Result<Value, String> {
        within_years(self.year())?;
        let micros = DateTime::from_timestamp_micros(self.timestamp_micros());
        Ok(Value::Timestamp(micros.unwrap_or(*self)))
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Timestamp(value) => Ok(value),
            value => Err(unexpected(&value, "a timestamp")),
        }
    }
}

impl ColumnType for NaiveDate {
    const KIND: ColumnKind = ColumnKind::Date;

    fn to_value(&self) -> Result<Value, String> {
        within_years(self.year())?;
        Ok(Value::Date(*self))
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Date(value) => Ok(value),
            value => Err(unexpected(&value, "a date")),
        }
    }
}

impl ColumnType for Vec<u8> {
    const KIND: ColumnKind = ColumnKind::Bytes;

    fn to_value(&self) -> Result<Value, String> {
        Ok(Value::Bytes(self.clone()))
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Bytes(value) => Ok(value),
            value => Err(unexpected(&value, "bytes")),
        }
    }
}

impl ColumnType for serde_json::Value {
    const KIND: ColumnKind = ColumnKind::Json;

    fn to_value(&self) -> Result<Value, String> {
        to_json(self)
    }

    fn from_value(value: Value) -> Result<Self, String> {
        from_json(value)
    }
}
