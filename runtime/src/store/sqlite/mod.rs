//! The store in a SQLite file.
//!
//! One connection writes, and a pool of others reads. SQLite lets one transaction write at a time anyway; queueing for it
//! in the process is fair, and quicker than asking the file again and again.

#[macro_use]
mod event_row;

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

use sqlx::sqlite::SqlitePool;

pub(crate) use connect::connect;
pub(crate) use doctor::examine;
pub(crate) use errors::during;
pub(crate) use migrate::{migrate, print};
pub(crate) use table_sql::print_table;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use event_row::{Columns, event, event_id};

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
