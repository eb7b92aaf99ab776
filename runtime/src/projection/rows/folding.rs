//! Folds events into rows that are in memory, all of them.

use super::slots::Slots;
use super::steps::{Place, guard};
use crate::error::Error;
use crate::event::Recorded;
use crate::projection::routes::{Routed, Routes};
use crate::projection::{Projection, RowKey};

/// All rows of a projection, from the first event on.
pub(crate) struct Folding<P: Projection> {
    routes: Routes,
    rows: Slots<P>,
    /// Empty between two events.
    routed: Vec<Routed>,
    keys: Vec<P::Key>,
}

impl<P: Projection> Folding<P> {
    pub(crate) fn new(routes: Routes) -> Self {
        Folding {
            routes,
            rows: Slots::new(),
            routed: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// The names of the events that have to be folded.
    pub(crate) fn names(&self) -> Vec<String> {
        self.routes.names()
    }

    /// Folds the event that comes next. After an error the rows are of no use.
    ///
    /// # Errors
    /// Where it cannot be read or handled.
    pub(crate) fn fold(&mut self, recorded: &Recorded, payload: &[u8]) -> Result<(), Error> {
        self.routes.read(
            recorded,
            payload,
            |handler, version, payload| P::HANDLERS[handler].rules.read(version, payload),
            &mut self.routed,
        )?;
        let unhandled = |failure| Error::unhandled(recorded, P::NAME, &failure);
        for Routed { handler, event } in self.routed.drain(..) {
            let rules = P::HANDLERS[handler].rules;
            guard(|| rules.keys(&*event, recorded, &mut self.keys)).map_err(unhandled)?;
            for key in self.keys.drain(..) {
                let slot = self.rows.slot(&Place {
                    tenant: recorded.tenant_name().clone(),
                    key: key.kept(),
                });
                self.rows
                    .change(slot, handler, &*event, recorded)
                    .map_err(unhandled)?;
            }
        }
        Ok(())
    }

    /// The rows, in no order.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = P> {
        self.rows.into_rows().map(|(_, row)| row)
    }
}
