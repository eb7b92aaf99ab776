//! The store in a SQLite file.
//!
//! One connection writes, and a pool of others reads. SQLite lets one transaction write at a time anyway; queueing for it
//! in the process is fair, and quicker than asking the file again and again.

mod append;
mod commands;
mod connect;
mod copy;
mod deliveries;
mod doctor;
mod errors;
mod feed;
mod file;
mod find;
mod inline;
mod instances;
mod leases;
mod load;
mod migrate;
mod parked;
mod projections;
mod repeated;
mod rows;
mod schemas;
mod snapshots;
mod story;
mod streams;
mod survey;
mod table_sql;
mod tables;
mod time;
mod timers;
mod values;
mod views;

use std::sync::Arc;

use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use uuid::Uuid;

pub(crate) use connect::connect;
pub(crate) use doctor::examine;
pub(crate) use errors::during;
pub(crate) use migrate::{migrate, print};
pub(crate) use table_sql::print_table;

use super::row::{EventRow, Fact, StoredEvent};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};

/// A file that holds annals.
pub(crate) struct Sqlite {
    /// Of one connection.
    pub(crate) writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    /// The file, for messages.
    name: String,
}

impl Sqlite {
    /// An error with the file, where the file is what it is about.
    pub(crate) fn located(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Busy
            | ErrorKind::Database
            | ErrorKind::Denied
            | ErrorKind::Full
            | ErrorKind::ReadOnly => error.about_file(&self.name),
            _ => error,
        }
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Reads an event from the columns that begin at `first`: every statement selects them in this order.
fn event(row: &SqliteRow, first: usize) -> Result<StoredEvent<'_>, sqlx::Error> {
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
struct Columns<'r> {
    row: &'r SqliteRow,
    first: usize,
    doing: &'static str,
}

impl EventRow for Columns<'_> {
    fn fact(&self) -> Result<Fact<'_>, Error> {
        fact(self.row, self.first).map_err(during(self.doing))
    }

    fn stored(&self) -> Result<StoredEvent<'_>, Error> {
        event(self.row, self.first).map_err(during(self.doing))
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

fn event_id(row: &SqliteRow, column: usize) -> Result<Uuid, sqlx::Error> {
    let id: &str = row.try_get(column)?;
    id.parse()
        .map_err(|error: uuid::Error| sqlx::Error::Decode(error.into()))
}
