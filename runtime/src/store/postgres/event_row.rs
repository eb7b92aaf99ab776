//! Reads an event out of a row, where it lies.
//!
//! Every statement selects the columns of an event in one order (`{event}`), so their types are not looked at for each row.
//! Their values come in PostgreSQL's binary formats: integers and times in network byte order, a time as the microseconds
//! since the year 2000, text as it is.

use chrono::{DateTime, Utc};
use sqlx::error::BoxDynError;
use sqlx::postgres::PgRow;
use sqlx::{Column, Row, TypeInfo, ValueRef};
use uuid::Uuid;

use super::{Text, during};
use crate::error::Error;
use crate::store::illegible::illegible;
use crate::store::row::{EventRow, Fact, StoredEvent};

/// The columns of a fact, in the order in which they are read here.
pub(super) const FACT: &str = "e.version, e.position, e.event_type, e.schema_version, e.payload";

/// What follows the fact in a row from which it can be told how the event was recorded.
pub(super) const RECORD: &str =
    ", e.event_id, e.metadata, e.correlation, e.recorded_at, e.occurred_at";

/// The statement with the columns of an event put in.
pub(super) fn with_event(sql: &str) -> String {
    sql.replace("{event}", &format!("{FACT}{RECORD}"))
}

/// A statement that reads whole rows of events, and one that reads facts alone: to send a column costs the server more than
/// to read it.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    records: Text,
    facts: Text,
}

impl Reading {
    /// `{record}` stands behind `{fact}`, and `{no_record}` behind the same columns of a row that is no event.
    pub(super) fn of(sql: &str, text: impl Fn(&str) -> Text) -> Self {
        let nothing = ", null::uuid, null::json, null::text, null::timestamptz, null::timestamptz";
        let with = |record, no_record| {
            let sql = sql.replace("{fact}", FACT).replace("{record}", record);
            text(&sql.replace("{no_record}", no_record))
        };
        Reading {
            records: with(RECORD, nothing),
            facts: with("", ""),
        }
    }

    pub(super) fn asked(&self, facts_alone: bool) -> &Text {
        match facts_alone {
            true => &self.facts,
            false => &self.records,
        }
    }
}

/// A row whose values are in binary formats.
pub(super) trait Binary: Sync {
    /// The value of a column; `None` where it is null.
    fn value(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error>;

    /// The text of a column of type `json` or `jsonb`.
    fn json(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error>;
}

impl Binary for PgRow {
    fn value(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error> {
        let value = self.try_get_raw(column)?;
        if value.is_null() {
            return Ok(None);
        }
        value.as_bytes().map(Some).map_err(sqlx::Error::Decode)
    }

    fn json(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error> {
        let value = self.try_get_raw(column)?;
        if value.is_null() {
            return Ok(None);
        }
        let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
        // On the wire, `jsonb` is its text behind one byte that tells the version of the format.
        Ok(Some(if value.type_info().name() == "JSONB" {
            bytes.get(1..).unwrap_or_default()
        } else {
            bytes
        }))
    }
}

/// From the beginning of 1970 to that of 2000, in microseconds.
const BEFORE_2000: i64 = 946_684_800_000_000;

/// The event whose columns begin at `first`.
pub(super) fn event<R: Binary>(row: &R, first: usize) -> Result<StoredEvent<'_>, sqlx::Error> {
    Ok(StoredEvent {
        fact: fact(row, first)?,
        event_id: Uuid::from_bytes(fixed(row, first + 5)?),
        metadata: row.json(first + 6)?,
        correlation: optional_text(row, first + 7)?,
        recorded_at: time(row, first + 8)?,
        occurred_at: time(row, first + 9)?,
    })
}

/// The same columns, each read when it is asked for.
pub(super) struct Columns<'r, R> {
    pub(super) row: &'r R,
    pub(super) first: usize,
    pub(super) doing: &'static str,
}

impl<R: Binary> Columns<'_, R> {
    #[cold]
    fn illegible(&self, error: sqlx::Error) -> Error {
        let number = |column| integer(self.row, self.first + column).ok();
        illegible(self.doing, number(0), number(1), error, during(self.doing))
    }
}

impl<R: Binary> EventRow for Columns<'_, R> {
    fn fact(&self) -> Result<Fact<'_>, Error> {
        fact(self.row, self.first).map_err(|error| self.illegible(error))
    }

    fn stored(&self) -> Result<StoredEvent<'_>, Error> {
        event(self.row, self.first).map_err(|error| self.illegible(error))
    }
}

fn fact<R: Binary>(row: &R, first: usize) -> Result<Fact<'_>, sqlx::Error> {
    Ok(Fact {
        version: integer(row, first)?,
        position: integer(row, first + 1)?,
        event_type: text(row, first + 2)?,
        schema_version: i32::from_be_bytes(fixed(row, first + 3)?).into(),
        payload: row.json(first + 4)?.unwrap_or_default(),
    })
}

/// A column of type `bigint`.
pub(super) fn integer(row: &impl Binary, column: usize) -> Result<i64, sqlx::Error> {
    fixed(row, column).map(i64::from_be_bytes)
}

/// A column of type `timestamptz`.
pub(super) fn time(row: &impl Binary, column: usize) -> Result<DateTime<Utc>, sqlx::Error> {
    optional_time(row, column)?.ok_or_else(|| undecodable(column, "a null".into()))
}

/// The same, which may be null. sqlx would panic where somebody has made it `infinity`.
pub(super) fn optional_time(
    row: &impl Binary,
    column: usize,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    if row.value(column)?.is_none() {
        return Ok(None);
    }
    let since_2000 = integer(row, column)?;
    let time = since_2000
        .checked_add(BEFORE_2000)
        .and_then(DateTime::from_timestamp_micros)
        .ok_or_else(|| undecodable(column, "the time is beyond all years".into()));
    time.map(Some)
}

/// The same, of the column with a name.
pub(super) fn time_named(row: &PgRow, name: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    optional_time(row, row.try_column(name)?.ordinal())
}

/// A column of type `text` that is never null.
pub(super) fn text<R: Binary>(row: &R, column: usize) -> Result<&str, sqlx::Error> {
    optional_text(row, column)?.ok_or_else(|| undecodable(column, "a null".into()))
}

fn optional_text<R: Binary>(row: &R, column: usize) -> Result<Option<&str>, sqlx::Error> {
    let text = row.value(column)?.map(std::str::from_utf8).transpose();
    text.map_err(|error| undecodable(column, error.into()))
}

fn fixed<const N: usize>(row: &impl Binary, column: usize) -> Result<[u8; N], sqlx::Error> {
    let bytes = row.value(column)?.unwrap_or_default();
    bytes.try_into().map_err(|_| {
        undecodable(
            column,
            format!("{} bytes instead of {N}", bytes.len()).into(),
        )
    })
}

#[cold]
fn undecodable(column: usize, source: BoxDynError) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_string(),
        source,
    }
}
