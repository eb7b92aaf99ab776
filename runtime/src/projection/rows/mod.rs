//! Projections whose target is one table of rows.

mod bulk;
mod folding;
mod slots;
mod steps;
mod verify;

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::Arc;

pub(crate) use folding::Folding;
use slots::{Changes, Slots};
use steps::{Place, Scope, Steps, key_name};
pub(crate) use steps::{guard, panicked};

use self::bulk::BulkRows;
use self::verify::VerifyRows;
use super::bulk::{Bulk, Verify};
use super::definition::{Definition, table_name};
use super::engine::{Engine, Page, Taken, Taking};
use super::parking::{new_parked, tell};
use super::routes::{Routes, Sources};
use super::{Failure, Projection};
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::projections::{NewParked, Table};
use crate::store::{Backend, Store, Tx};

/// Folds events into the rows of `P`.
pub(crate) struct Rows<P> {
    definition: Definition,
    routes: Routes,
    table: Table,
    row: PhantomData<fn() -> P>,
}

impl<P: Projection> Rows<P> {
    pub(crate) fn new(sources: &Arc<Sources>) -> Self {
        let definition = Definition::of_rows::<P>();
        Rows {
            routes: Routes::of(&definition, sources),
            table: Table {
                name: table_name(P::NAME, P::VERSION),
                columns: P::COLUMNS,
            },
            definition,
            row: PhantomData,
        }
    }

    async fn take_page(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        page: &Page<'_>,
    ) -> Result<Taken, Error> {
        let steps = Steps::<P>::of(&self.routes, page.events, Scope::of(page));
        if steps.list.is_empty() {
            return Ok(Taken::up_to(page, steps.halt));
        }
        let parked = self.parked(backend, tx, &steps.keys).await?;
        if parked.is_empty() && !page.is_careful {
            let mut rows = Slots::new();
            let slots = rows.load(backend, tx, &self.table, &steps.keys).await?;
            if let Ok(changes) = fold(&mut rows, &slots, page.events, &steps) {
                changes.write(backend, tx, &self.table).await?;
                return Ok(Taken::up_to(page, steps.halt));
            }
        }
        self.take_carefully(backend, tx, page, &steps, parked)
            .await?;
        Ok(Taken::up_to(page, steps.halt))
    }

    /// Handles each event by itself, and parks those that cannot be handled, with what comes after them.
    async fn take_carefully(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        page: &Page<'_>,
        steps: &Steps<P>,
        mut parked: HashSet<usize>,
    ) -> Result<(), Error> {
        let mut rows = Slots::new();
        let slots = rows.load(backend, tx, &self.table, &steps.keys).await?;
        let mut waiting = Vec::new();
        for unit in steps.units() {
            let stored = &page.events[unit.at];
            let place = &steps.keys[unit.key];
            if parked.contains(&unit.key) {
                waiting.push(new_parked(
                    page,
                    &key_name(&place.key),
                    stored.recorded(),
                    None,
                ));
                continue;
            }
            let changed = rows.try_change(slots[unit.key], &unit, steps, stored.recorded());
            if let Err(failure) = changed {
                tell(&self.definition, stored.recorded(), &failure);
                parked.insert(unit.key);
                let key = key_name(&place.key);
                waiting.push(new_parked(page, &key, stored.recorded(), Some(&failure)));
            }
        }
        if !page.is_careful {
            let changes = rows.changes().map_err(|failure| impossible(&failure))?;
            changes.write(backend, tx, &self.table).await?;
        } else {
            let refused = self
                .write_each(backend, tx, &rows, &slots, steps, page)
                .await?;
            // They wait for the one that was refused, wherever in the page that is.
            waiting.retain(|other| {
                let mut refused = refused.iter();
                !refused.any(|one| one.key == other.key && one.tenant == other.tenant)
            });
            waiting.extend(refused);
        }
        if !waiting.is_empty() {
            backend.park(tx, page.part, &waiting).await?;
        }
        Ok(())
    }

    /// Writes each row by itself. Answers the events of those that the database refuses: it is not known which of them is at
    /// fault, so the first one is taken for it.
    async fn write_each(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        rows: &Slots<P>,
        slots: &[usize],
        steps: &Steps<P>,
        page: &Page<'_>,
    ) -> Result<Vec<NewParked>, Error> {
        let mut refused = Vec::new();
        for (key, slot) in slots.iter().enumerate() {
            let changes = rows
                .changes_of(*slot)
                .map_err(|failure| impossible(&failure))?;
            let savepoint = tx.savepoint().await?;
            let error = match changes.write(backend, tx, &self.table).await {
                Ok(()) => {
                    tx.release(&savepoint).await?;
                    continue;
                }
                Err(error) if error.is_refusal_of_a_row() => error,
                Err(error) => return Err(error),
            };
            tx.roll_back_to(savepoint).await?;
            let mut failure = Some(Failure::new(&error));
            for step in steps.list.iter().filter(|step| step.key == key) {
                let stored = &page.events[step.at];
                if let Some(failure) = &failure {
                    tell(&self.definition, stored.recorded(), failure);
                }
                let name = key_name(&steps.keys[key].key);
                let failure = failure.take();
                refused.push(new_parked(page, &name, stored.recorded(), failure.as_ref()));
            }
        }
        Ok(refused)
    }

    /// The places of those keys of which an event is parked already.
    async fn parked(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        keys: &[Place<P::Key>],
    ) -> Result<HashSet<usize>, Error> {
        let (name, version) = (&*self.definition.name, self.definition.version);
        if !backend.has_parked(tx, name, version).await? {
            return Ok(HashSet::new());
        }
        let places: Vec<_> = keys.iter().map(place_text::<P>).collect();
        let found = backend.parked_keys(tx, name, version, &places).await?;
        let found: HashSet<_> = found.into_iter().collect();
        let parked = places.iter().enumerate();
        let parked = parked.filter(|(_, place)| found.contains(place));
        Ok(parked.map(|(key, _)| key).collect())
    }
}

impl<P: Projection> Engine for Rows<P> {
    fn definition(&self) -> &Definition {
        &self.definition
    }

    fn routes(&self) -> &Routes {
        &self.routes
    }

    fn take<'a>(&'a self, store: &'a Store, tx: &'a mut Tx, page: Page<'a>) -> Taking<'a> {
        Box::pin(async move { self.take_page(&store.inner.backend, tx, &page).await })
    }

    fn bulk(&self, is_empty: bool) -> Option<Box<dyn Bulk>> {
        Some(Box::new(BulkRows::<P>::new(
            &self.routes,
            &self.table,
            is_empty,
        )))
    }

    fn verify(&self) -> Option<Box<dyn Verify>> {
        Some(Box::new(VerifyRows::<P>::new(&self.routes)))
    }
}

/// Lets all steps change the rows.
fn fold<P: Projection>(
    rows: &mut Slots<P>,
    slots: &[usize],
    events: &[RecordedEvent],
    steps: &Steps<P>,
) -> Result<Changes, Failure> {
    for step in &steps.list {
        let cx = events[step.at].recorded();
        rows.change(slots[step.key], step.handler, steps.event(step), cx)?;
    }
    rows.changes()
}

fn place_text<P: Projection>(place: &Place<P::Key>) -> (Arc<str>, String) {
    (Arc::clone(&place.tenant), key_name(&place.key))
}

/// Every row was looked at when its last event was handled.
fn impossible(failure: &Failure) -> Error {
    Error::new(
        ErrorKind::ReadModel,
        format!("a row that could be kept cannot be kept any more: {failure}"),
    )
    .with_hint("see that `key` and the columns of the read model depend on its fields alone")
}
