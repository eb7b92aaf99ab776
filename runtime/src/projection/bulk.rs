//! Builds rows from many events: read side by side, folded in memory, written seldom.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;

use super::engine::Halt;
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::store::projections::Row;
use crate::store::{Backend, Tx};

pub(crate) type Future<'a, T> = Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// Events that were read, and not folded yet.
pub(crate) type Read = Box<dyn Any + Send>;

/// Reads events. Several pages may be read at the same time.
pub(crate) type Reader = Arc<dyn Fn(Vec<RecordedEvent>) -> Read + Send + Sync>;

/// Folds pages into rows.
pub(crate) trait Bulk: Send {
    fn reader(&self) -> Reader;

    /// Folds the page that comes next. Answers why an event could not be read or handled: the rows are of no use then, and what
    /// was not written has to be handled event by event.
    fn fold<'a>(
        &'a mut self,
        backend: &'a Backend,
        page: Read,
    ) -> Future<'a, Result<Option<Halt>, Error>>;

    /// How many rows changed since they were written.
    fn changed(&self) -> usize;

    /// Writes what changed. More rows than `kept` are forgotten, and fetched where they change again.
    ///
    /// # Errors
    /// Of the kind [`Unhandled`](crate::ErrorKind::Unhandled) where no database keeps a row, and of the kind
    /// [`Database`](crate::ErrorKind::Database) where this one refuses it: the rows are of no use then, either.
    fn write<'a>(
        &'a mut self,
        backend: &'a Backend,
        tx: &'a mut Tx,
        kept: usize,
    ) -> Future<'a, Result<(), Error>>;

    /// The number of rows that there are, where that is known.
    fn rows(&self) -> Option<u64>;
}

/// Folds all events a second time, and compares.
pub(crate) trait Verify: Send {
    fn fold(&mut self, events: &[RecordedEvent]) -> Result<(), Error>;

    /// Takes a row of the table. Answers what is wrong with it.
    fn compare(&mut self, row: &Row) -> Option<String>;

    /// What is missing in the table, after all rows were compared.
    fn missing(&mut self) -> Option<String>;
}
