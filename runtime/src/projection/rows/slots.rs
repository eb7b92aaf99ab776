//! Rows in memory: as they were found, and as events have changed them.

use std::collections::HashMap;

use super::steps::{Place, Steps, Unit, guard, key_text};
use crate::error::{Error, ErrorKind};
use crate::event::Recorded;
use crate::projection::{Failure, Projection, RowKey, Value};
use crate::store::projections::{Row, RowPlace, Table};
use crate::store::{Backend, Tx};

/// Rows by their keys.
pub(super) struct Slots<P: Projection> {
    places: HashMap<Place<P::Key>, usize>,
    list: Vec<Slot<P>>,
    /// How many have to be written.
    changed: usize,
}

/// A row, or the place of one.
struct Slot<P: Projection> {
    place: Place<P::Key>,
    row: Option<P>,
    is_stored: bool,
    is_changed: bool,
}

/// What of the rows has to be written.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) written: Vec<Row>,
    pub(super) deleted: Vec<RowPlace>,
}

impl<P: Projection> Slots<P> {
    pub(super) fn new() -> Self {
        Slots {
            places: HashMap::new(),
            list: Vec::new(),
            changed: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The number of rows that there are.
    pub(super) fn rows(&self) -> u64 {
        self.list.iter().filter(|slot| slot.row.is_some()).count() as u64
    }

    /// How many have to be written.
    pub(super) fn changed(&self) -> usize {
        self.changed
    }

    pub(super) fn has_all(&self, keys: &[Place<P::Key>]) -> bool {
        keys.iter().all(|key| self.places.contains_key(key))
    }

    /// The place of a row's slot. One that was not there begins without a row.
    pub(super) fn slot(&mut self, place: &Place<P::Key>) -> usize {
        if let Some(slot) = self.places.get(place) {
            return *slot;
        }
        let slot = self.list.len();
        self.places.insert(place.clone(), slot);
        self.list.push(Slot {
            place: place.clone(),
            row: None,
            is_stored: false,
            is_changed: false,
        });
        slot
    }

    /// Fetches the rows of those keys that are not there yet, and answers the slot of each key.
    pub(super) async fn load(
        &mut self,
        backend: &Backend,
        tx: &mut Tx,
        table: &Table,
        keys: &[Place<P::Key>],
    ) -> Result<Vec<usize>, Error> {
        let mut missing = Vec::new();
        for place in keys {
            if self.places.contains_key(place) {
                continue;
            }
            // A key that cannot be kept has no row.
            if let Ok(key) = place.key.to_values() {
                missing.push(RowPlace {
                    tenant: place.tenant.clone(),
                    key,
                });
            }
        }
        let slots = keys.iter().map(|place| self.slot(place)).collect();
        if missing.is_empty() {
            return Ok(slots);
        }
        for found in backend.load_rows(tx, table, &missing).await? {
            let row = P::from_values(found.values).map_err(|misfilled| {
                Error::new(
                    ErrorKind::ReadModel,
                    format!("a row of table `{}` does not fit: {misfilled}", table.name),
                )
                .with_hint("the table was edited by hand: build it anew with `projection rebuild`")
            })?;
            let place = Place {
                tenant: found.tenant,
                key: row.key().kept(),
            };
            let slot = self.slot(&place);
            self.list[slot].is_stored = true;
            self.list[slot].row = Some(row);
        }
        Ok(slots)
    }

    /// Lets an event change a row. After a failure the row is lost.
    pub(super) fn change(
        &mut self,
        slot: usize,
        handler: usize,
        event: &(dyn std::any::Any + Send + Sync),
        cx: &Recorded,
    ) -> Result<(), Failure> {
        let slot = &mut self.list[slot];
        let row = slot.row.take();
        let rules = P::HANDLERS[handler].rules;
        slot.row = guard(|| rules.project(row, event, cx))?;
        self.changed += usize::from(!slot.is_changed);
        slot.is_changed = true;
        Ok(())
    }

    /// Lets all that an event stands for change a row. A failure leaves the row as it was, and a row that cannot be kept is one.
    pub(super) fn try_change(
        &mut self,
        slot: usize,
        unit: &Unit<'_>,
        steps: &Steps<P>,
        cx: &Recorded,
    ) -> Result<(), Failure> {
        let before = match &self.list[slot].row {
            Some(row) => Some(row.to_values().map_err(Failure::new)?),
            None => None,
        };
        let was_changed = self.list[slot].is_changed;
        let mut of_unit = unit.steps.iter();
        let changed = of_unit.try_for_each(|step| {
            self.change(slot, step.handler, steps.event(step), cx)?;
            self.list[slot].fit().map(drop)
        });
        if changed.is_err() {
            let slot = &mut self.list[slot];
            slot.row = before.and_then(|values| P::from_values(values).ok());
            slot.is_changed = was_changed;
        }
        changed
    }

    /// What has to be written, after which it counts as written.
    ///
    /// # Errors
    /// Where a row cannot be kept.
    pub(super) fn changes(&mut self) -> Result<Changes, Failure> {
        let mut changes = Changes::default();
        for slot in self.list.iter_mut().filter(|slot| slot.is_changed) {
            slot.put(&mut changes)?;
            slot.is_changed = false;
            slot.is_stored = slot.row.is_some();
        }
        self.changed = 0;
        Ok(changes)
    }

    /// What has to be written of one slot.
    ///
    /// # Errors
    /// Where its row cannot be kept.
    pub(super) fn changes_of(&self, slot: usize) -> Result<Changes, Failure> {
        let mut changes = Changes::default();
        if self.list[slot].is_changed {
            self.list[slot].put(&mut changes)?;
        }
        Ok(changes)
    }

    /// All rows that there are.
    pub(super) fn into_rows(self) -> impl Iterator<Item = (Place<P::Key>, P)> {
        let slots = self.list.into_iter();
        slots.filter_map(|slot| Some((slot.place, slot.row?)))
    }
}

impl<P: Projection> Slot<P> {
    /// The values of the row, where it can be kept under its key.
    fn fit(&self) -> Result<Option<Vec<Value>>, Failure> {
        let Some(row) = &self.row else {
            return Ok(None);
        };
        if row.key().kept() != self.place.key {
            let key = |key: &P::Key| key.to_values().map(|values| key_text(&values));
            return Err(Failure::new(format_args!(
                "the row has the key `{}`, but it is that of `{}`",
                key(&row.key()).unwrap_or_default(),
                key(&self.place.key).unwrap_or_default(),
            )));
        }
        row.to_values().map(Some).map_err(Failure::new)
    }

    fn put(&self, changes: &mut Changes) -> Result<(), Failure> {
        match self.fit()? {
            Some(values) => changes.written.push(Row {
                tenant: self.place.tenant.clone(),
                values,
            }),
            None if self.is_stored => changes.deleted.push(self.row_place()?),
            None => {}
        }
        Ok(())
    }

    fn row_place(&self) -> Result<RowPlace, Failure> {
        Ok(RowPlace {
            tenant: self.place.tenant.clone(),
            key: self.place.key.to_values().map_err(Failure::new)?,
        })
    }
}

impl Changes {
    pub(super) async fn write(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        table: &Table,
    ) -> Result<(), Error> {
        if !self.deleted.is_empty() {
            backend.delete_rows(tx, table, &self.deleted).await?;
        }
        if !self.written.is_empty() {
            backend.write_rows(tx, table, &self.written).await?;
        }
        Ok(())
    }
}
