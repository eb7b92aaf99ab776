use std::any::Any;
use std::sync::Arc;

use super::slots::Slots;
use super::steps::{Scope, Steps};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::projection::bulk::{Bulk, Future, Read, Reader};
use crate::projection::engine::Halt;
use crate::projection::routes::Routes;
use crate::projection::{Failure, Projection};
use crate::store::projections::Table;
use crate::store::{Backend, Tx};

/// Rows that are built from many events.
pub(super) struct BulkRows<P: Projection> {
    routes: Routes,
    table: Table,
    rows: Slots<P>,
    /// Whether every row that there is, is in memory.
    is_complete: bool,
}

/// A page that was read.
struct ReadRows<P: Projection> {
    events: Vec<RecordedEvent>,
    steps: Steps<P>,
}

impl<P: Projection> BulkRows<P> {
    /// # Arguments
    /// `is_complete` says that the table is empty.
    pub(super) fn new(routes: &Routes, table: &Table, is_complete: bool) -> Self {
        BulkRows {
            routes: routes.clone(),
            table: table.clone(),
            rows: Slots::new(),
            is_complete,
        }
    }

    async fn slots(&mut self, backend: &Backend, page: &ReadRows<P>) -> Result<Vec<usize>, Error> {
        let keys = &page.steps.keys;
        if self.is_complete || self.rows.has_all(keys) {
            return Ok(keys.iter().map(|key| self.rows.slot(key)).collect());
        }
        let mut tx = backend.begin().await?;
        let slots = self.rows.load(backend, &mut tx, &self.table, keys).await?;
        tx.rollback().await?;
        Ok(slots)
    }

    async fn fold_page(&mut self, backend: &Backend, page: Read) -> Result<Option<Halt>, Error> {
        let page = *downcast::<P>(page)?;
        let slots = self.slots(backend, &page).await?;
        for step in &page.steps.list {
            let cx = page.events[step.at].recorded();
            let changed =
                self.rows
                    .change(slots[step.key], step.handler, page.steps.event(step), cx);
            if let Err(failure) = changed {
                let error = Error::unhandled(cx, P::NAME, &failure);
                return Ok(Some(Halt::unreadable(cx, error)));
            }
        }
        Ok(page.steps.halt)
    }

    async fn write_changes(
        &mut self,
        backend: &Backend,
        tx: &mut Tx,
        kept: usize,
    ) -> Result<(), Error> {
        let changes = self
            .rows
            .changes()
            .map_err(|failure| unfit::<P>(&failure))?;
        changes.write(backend, tx, &self.table).await?;
        if self.rows.len() > kept {
            self.rows = Slots::new();
            self.is_complete = false;
        }
        Ok(())
    }
}

impl<P: Projection> Bulk for BulkRows<P> {
    fn reader(&self) -> Reader {
        let routes = self.routes.clone();
        Arc::new(move |events| {
            let steps = Steps::<P>::of(&routes, &events, Scope::ALL);
            Box::new(ReadRows { events, steps })
        })
    }

    fn fold<'a>(
        &'a mut self,
        backend: &'a Backend,
        page: Read,
    ) -> Future<'a, Result<Option<Halt>, Error>> {
        Box::pin(self.fold_page(backend, page))
    }

    fn changed(&self) -> usize {
        self.rows.changed()
    }

    fn write<'a>(
        &'a mut self,
        backend: &'a Backend,
        tx: &'a mut Tx,
        kept: usize,
    ) -> Future<'a, Result<(), Error>> {
        Box::pin(self.write_changes(backend, tx, kept))
    }

    fn rows(&self) -> Option<u64> {
        self.is_complete.then(|| self.rows.rows())
    }
}

fn downcast<P: Projection>(page: Box<dyn Any + Send>) -> Result<Box<ReadRows<P>>, Error> {
    page.downcast()
        .map_err(|_| unfit::<P>(&Failure::new("the page was read for another projection")))
}

fn unfit<P: Projection>(failure: &Failure) -> Error {
    Error::new(
        crate::error::ErrorKind::Unhandled,
        format!(
            "projection `{}` makes a row that cannot be kept: {failure}",
            P::NAME
        ),
    )
}
