//! Reads an event out of a row.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::{during, time};
use crate::error::Error;
use crate::store::illegible::illegible;
use crate::store::row::{EventRow, Fact, StoredEvent};

/// The columns of a fact, in the order in which they are read here.
macro_rules! fact {
    () => {
        "e.version, e.position, e.event_type, e.schema_version, e.payload"
    };
}

/// What follows the fact in a row from which it can be told how the event was recorded.
macro_rules! record {
    () => {
        ", e.event_id, e.metadata, e.correlation, e.recorded_at, e.occurred_at"
    };
}

/// The event whose columns begin at `first`.
pub(super) fn event(row: &SqliteRow, first: usize) -> Result<StoredEvent<'_>, sqlx::Error> {
    Ok(StoredEvent {
        fact: fact(row, first)?,
        event_id: event_id(row, first + 5)?,
        metadata: row
            .try_get::<Option<&str>, _>(first + 6)?
            .map(str::as_bytes),
        correlation: row.try_get(first + 7)?,
        recorded_at: time::read(row.try_get(first + 8)?)?,
        occurred_at: time::read(row.try_get(first + 9)?)?,
    })
}

/// The same columns, each read when it is asked for.
pub(super) struct Columns<'r> {
    pub(super) row: &'r SqliteRow,
    pub(super) first: usize,
    pub(super) doing: &'static str,
}

impl Columns<'_> {
    #[cold]
    fn illegible(&self, error: sqlx::Error) -> Error {
        let number = |column| self.row.try_get(self.first + column).ok();
        illegible(self.doing, number(0), number(1), error, during(self.doing))
    }
}

impl EventRow for Columns<'_> {
    fn fact(&self) -> Result<Fact<'_>, Error> {
        fact(self.row, self.first).map_err(|error| self.illegible(error))
    }

    fn stored(&self) -> Result<StoredEvent<'_>, Error> {
        event(self.row, self.first).map_err(|error| self.illegible(error))
    }
}

fn fact(row: &SqliteRow, first: usize) -> Result<Fact<'_>, sqlx::Error> {
    Ok(Fact {
        version: row.try_get(first)?,
        position: row.try_get(first + 1)?,
        event_type: row.try_get(first + 2)?,
        schema_version: row.try_get(first + 3)?,
        payload: row.try_get::<&str, _>(first + 4)?.as_bytes(),
    })
}

pub(super) fn event_id(row: &SqliteRow, column: usize) -> Result<Uuid, sqlx::Error> {
    let id: &str = row.try_get(column)?;
    id.parse()
        .map_err(|error: uuid::Error| sqlx::Error::Decode(error.into()))
}
