//! Folds events into rows that are in memory, all of them.

use super::slots::Slots;
use super::steps::{Scope, Steps};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::projection::Projection;
use crate::projection::routes::Routes;

/// All rows of a projection, from the first event on.
pub(crate) struct Folding<P: Projection> {
    routes: Routes,
    rows: Slots<P>,
}

impl<P: Projection> Folding<P> {
    pub(crate) fn new(routes: Routes) -> Self {
        Folding {
            routes,
            rows: Slots::new(),
        }
    }

    /// The names of the events that have to be folded.
    pub(crate) fn names(&self) -> Vec<String> {
        self.routes.names()
    }

    /// Folds the events that come next.
    ///
    /// # Errors
    /// Where one of them cannot be read or handled.
    pub(crate) fn fold(&mut self, events: &[RecordedEvent]) -> Result<(), Error> {
        let steps = Steps::<P>::of(&self.routes, events, Scope::ALL);
        let slots: Vec<_> = steps.keys.iter().map(|key| self.rows.slot(key)).collect();
        for step in &steps.list {
            let cx = events[step.at].recorded();
            self.rows
                .change(slots[step.key], step.handler, steps.event(step), cx)
                .map_err(|failure| Error::unhandled(cx, P::NAME, &failure))?;
        }
        match steps.halt {
            Some(halt) => Err(halt.into_error()),
            None => Ok(()),
        }
    }

    /// The rows, in no order.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = P> {
        self.rows.into_rows().map(|(_, row)| row)
    }
}
