//! Rows of read models, and what they are found by.

use std::fmt;
use std::hash::Hash;
use std::str::FromStr;

use super::{Column, ColumnType, Value};
use crate::stream::{Position, StreamId, Version};

/// A row of a table that projections fill.
///
/// Write `#[derive(ReadModel)]`: each field is a column, and `#[key]` marks those by which a row is found.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a read model",
    label = "not a read model",
    note = "add `#[derive(ReadModel)]` to `{Self}`, and `#[key]` at the field by which a row is found"
)]
pub trait ReadModel: Sized + Send + Sync + 'static {
    /// What a row is found by: the type of its `#[key]`, or a tuple of them.
    type Key: RowKey;

    /// The columns, in the order of the fields.
    const COLUMNS: &'static [Column];

    /// The folder of the schema lock; empty for an implementation that was written by hand.
    #[doc(hidden)]
    const LOCK: &'static str = "";

    /// What this row is found by.
    fn key(&self) -> Self::Key;

    /// The values, in the order of the columns.
    ///
    /// # Errors
    /// Where no database keeps one of them as it is.
    fn to_values(&self) -> Result<Vec<Value>, Misfilled>;

    /// The row of these values, in the order of the columns.
    ///
    /// # Errors
    /// Where one of them does not fit its field.
    fn from_values(values: Vec<Value>) -> Result<Self, Misfilled>;
}

/// Why a row and its columns do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfilled {
    column: &'static str,
    reason: String,
}

impl Misfilled {
    /// What is wrong with a column, in words that go on after "column `x`".
    #[must_use]
    pub fn new(column: &'static str, reason: String) -> Self {
        Misfilled { column, reason }
    }
}

impl fmt::Display for Misfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Misfilled { column, reason } = self;
        write!(f, "column `{column}` {reason}")
    }
}

impl std::error::Error for Misfilled {}

/// A column's type by which rows can be found, alone or as a part of a key: as it is kept, its equality is that of the database.
#[diagnostic::on_unimplemented(
    message = "rows cannot be found by `{Self}`",
    label = "not the type of a key",
    note = "a key is a number, text, a uuid, a time, a date or a `bool`; of another type with `Display`, write `#[column(text)]`"
)]
pub trait KeyColumn: ColumnType + Eq + Hash + Clone + Send + Sync + 'static {
    /// The value as it is when it comes back from a database: two that are kept alike are one.
    #[must_use]
    fn kept(self) -> Self {
        self
    }
}

/// What a row is found by: a [`KeyColumn`], or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "rows cannot be found by `{Self}`",
    label = "not the type of a key",
    note = "a key is a number, text, a uuid, a time, a date or a `bool`; of another type with `Display`, write `#[column(text)]`"
)]
pub trait RowKey: sealed::Sealed + Eq + Hash + Clone + Send + Sync + 'static {
    /// The values, in the order of the key's columns.
    ///
    /// # Errors
    /// Where no database keeps one of them as it is.
    fn to_values(&self) -> Result<Vec<Value>, String>;

    /// As [`KeyColumn::kept`].
    #[must_use]
    fn kept(self) -> Self;
}

/// No other type is a key: what `#[derive(ReadModel)]` makes of a key's field relies on it.
mod sealed {
    pub trait Sealed {}
}

macro_rules! keys {
    ($($of:ty),+) => {
        $(
            impl sealed::Sealed for $of {}

            impl RowKey for $of {
                fn to_values(&self) -> Result<Vec<Value>, String> {
                    Ok(vec![self.to_value()?])
                }

                fn kept(self) -> Self {
                    KeyColumn::kept(self)
                }
            }
        )+
    };
}

keys!(
    bool,
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    String,
    uuid::Uuid,
    chrono::DateTime<chrono::Utc>,
    chrono::NaiveDate,
    Position,
    Version
);

macro_rules! columns {
    ($($of:ty),+) => {
        $(impl KeyColumn for $of {})+
    };
}

columns!(
    bool,
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    String,
    uuid::Uuid,
    chrono::NaiveDate,
    Position,
    Version
);

impl KeyColumn for chrono::DateTime<chrono::Utc> {
    fn kept(self) -> Self {
        Self::from_timestamp_micros(self.timestamp_micros()).unwrap_or(self)
    }
}

macro_rules! tuples {
    ($(($($part:ident),+))+) => {
        $(
            impl<$($part: KeyColumn),+> sealed::Sealed for ($($part,)+) {}

            impl<$($part: KeyColumn),+> RowKey for ($($part,)+) {
                fn to_values(&self) -> Result<Vec<Value>, String> {
                    #[allow(non_snake_case, reason = "each variable is named like its type")]
                    let ($($part,)+) = self;
                    Ok(vec![$($part.to_value()?),+])
                }

                fn kept(self) -> Self {
                    #[allow(non_snake_case, reason = "each variable is named like its type")]
                    let ($($part,)+) = self;
                    ($(KeyColumn::kept($part),)+)
                }
            }
        )+
    };
}

tuples! { (A, B) (A, B, C) (A, B, C, D) }

/// A key that the id of a stream can be.
#[diagnostic::on_unimplemented(
    message = "the id of a stream cannot be the key `{Self}`",
    label = "not made of the id of a stream",
    note = "say which row the event is about: `#[key(event.account)]` above the method"
)]
pub trait KeyOfStream: RowKey {
    /// The key of the rows that belong to a stream.
    ///
    /// # Errors
    /// Where the id of the stream is none.
    fn of_stream(stream: &StreamId) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl<K: RowKey + FromStr<Err: fmt::Display>> KeyOfStream for K {
    fn of_stream(stream: &StreamId) -> Result<Self, String> {
        let id = stream.id();
        id.parse()
            .map_err(|error| format!("the id of stream `{stream}` is no key: {error}"))
    }
}

/// What a key can be made of where a method names one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the key of the row is `{K}`, not `{Self}`",
    label = "not the key of the read model",
    note = "write an expression that gives a `{K}`"
)]
pub trait ToKey<K> {
    /// The key.
    fn to_key(&self) -> K;
}

impl<K: RowKey> ToKey<K> for K {
    fn to_key(&self) -> K {
        self.clone()
    }
}

impl<K: RowKey> ToKey<K> for &K {
    fn to_key(&self) -> K {
        (*self).clone()
    }
}

impl ToKey<String> for str {
    fn to_key(&self) -> String {
        self.to_owned()
    }
}

impl ToKey<String> for &str {
    fn to_key(&self) -> String {
        (*self).to_owned()
    }
}
