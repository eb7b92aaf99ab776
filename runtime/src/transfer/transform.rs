//! A user's function from one event to another.

use crate::error::Error;
use crate::event::{Encoded, Event, Lineage, Recorded, RecordedEvent, encode};

/// Reads events of one type, and makes others of them.
pub(super) struct Transform<'a> {
    lineage: &'static Lineage,
    run: Box<Run<'a>>,
}

type Run<'a> = dyn Fn(&RecordedEvent) -> Result<Option<Encoded>, Error> + Send + Sync + 'a;

impl<'a> Transform<'a> {
    pub(super) fn of<E: Event, N: Event>(
        function: impl Fn(E, &Recorded) -> Option<N> + Send + Sync + 'a,
    ) -> Self {
        let run = move |event: &RecordedEvent| {
            let recorded = event.recorded();
            let new = event
                .decode::<E>()?
                .and_then(|event| function(event, recorded));
            new.map(|new| encode(&new))
                .transpose()
                .map_err(|refusal| Error::unstorable(&recorded.stream, refusal))
        };
        Transform {
            lineage: E::LINEAGE,
            run: Box::new(run),
        }
    }

    pub(super) fn is_for(&self, event: &RecordedEvent) -> bool {
        self.lineage.is_named(event.recorded().event_type())
    }

    /// What it is now; `None` where nothing is left of it.
    pub(super) fn run(&self, event: &RecordedEvent) -> Result<Option<Encoded>, Error> {
        (self.run)(event)
    }
}
