//! Reads an event out of a row, where it lies.
//!
//! Every statement selects the columns of an event in one order, so their types are not looked at for each row. Their values
//! come in PostgreSQL's binary formats: integers and times in network byte order, a time as the microseconds since the year
//! 2000, text as it is.

use chrono::{DateTime, Utc};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgValueRef};
use sqlx::{Row, TypeInfo, ValueRef};
use uuid::Uuid;

use super::during;
use crate::error::Error;
use crate::store::row::{EventRow, Fact, StoredEvent, has_metadata};

/// From the beginning of 1970 to that of 2000, in microseconds.
const BEFORE_2000: i64 = 946_684_800_000_000;

/// The event whose columns begin at `first`.
pub(super) fn event(row: &PgRow, first: usize) -> Result<StoredEvent<'_>, sqlx::Error> {
    Ok(StoredEvent {
        fact: fact(row, first)?,
        event_id: Uuid::from_bytes(fixed(row, first + 5)?),
        metadata: json(row, first + 6)?,
        correlation: optional_text(row, first + 7)?,
        recorded_at: time(row, first + 8)?,
        occurred_at: time(row, first + 9)?,
    })
}

/// The same columns, each read when it is asked for.
pub(super) struct Columns<'r> {
    pub(super) row: &'r PgRow,
    pub(super) first: usize,
    pub(super) doing: &'static str,
}

impl EventRow for Columns<'_> {
    fn has_metadata(&self) -> Result<bool, Error> {
        has_metadata(self.row, self.first).map_err(during(self.doing))
    }

    fn fact(&self) -> Result<Fact<'_>, Error> {
        fact(self.row, self.first).map_err(during(self.doing))
    }

    fn stored(&self) -> Result<StoredEvent<'_>, Error> {
        event(self.row, self.first).map_err(during(self.doing))
    }
}

fn fact(row: &PgRow, first: usize) -> Result<Fact<'_>, sqlx::Error> {
    Ok(Fact {
        version: integer(row, first)?,
        position: integer(row, first + 1)?,
        event_type: text(row, first + 2)?,
        schema_version: i32::from_be_bytes(fixed(row, first + 3)?).into(),
        payload: json(row, first + 4)?.unwrap_or_default(),
    })
}

/// A column of type `bigint`.
fn integer(row: &PgRow, column: usize) -> Result<i64, sqlx::Error> {
    fixed(row, column).map(i64::from_be_bytes)
}

/// A column of type `timestamptz`.
fn time(row: &PgRow, column: usize) -> Result<DateTime<Utc>, sqlx::Error> {
    let since_2000 = integer(row, column)?;
    since_2000
        .checked_add(BEFORE_2000)
        .and_then(DateTime::from_timestamp_micros)
        .ok_or_else(|| undecodable(column, "the time is beyond all years".into()))
}

/// A column of type `text` that is never null.
pub(super) fn text(row: &PgRow, column: usize) -> Result<&str, sqlx::Error> {
    optional_text(row, column)?.ok_or_else(|| undecodable(column, "a null".into()))
}

fn optional_text(row: &PgRow, column: usize) -> Result<Option<&str>, sqlx::Error> {
    let bytes = bytes(&row.try_get_raw(column)?)?;
    let text = bytes.map(std::str::from_utf8).transpose();
    text.map_err(|error| undecodable(column, error.into()))
}

/// The text of a column of type `json` or `jsonb`.
pub(super) fn json(row: &PgRow, column: usize) -> Result<Option<&[u8]>, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    let Some(bytes) = bytes(&value)? else {
        return Ok(None);
    };
    // On the wire, `jsonb` is its text behind one byte that tells the version of the format.
    Ok(Some(if value.type_info().name() == "JSONB" {
        bytes.get(1..).unwrap_or_default()
    } else {
        bytes
    }))
}

fn fixed<const N: usize>(row: &PgRow, column: usize) -> Result<[u8; N], sqlx::Error> {
    let bytes = bytes(&row.try_get_raw(column)?)?.unwrap_or_default();
    bytes.try_into().map_err(|_| {
        undecodable(
            column,
            format!("{} bytes instead of {N}", bytes.len()).into(),
        )
    })
}

fn bytes<'r>(value: &PgValueRef<'r>) -> Result<Option<&'r [u8]>, sqlx::Error> {
    if value.is_null() {
        return Ok(None);
    }
    value.as_bytes().map(Some).map_err(sqlx::Error::Decode)
}

#[cold]
fn undecodable(column: usize, source: BoxDynError) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_string(),
        source,
    }
}
