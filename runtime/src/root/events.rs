use std::collections::VecDeque;
use std::marker::PhantomData;

use super::fold::read;
use crate::aggregate::Aggregate;
use crate::error::Error;
use crate::event::Recorded;
use crate::store::StreamReader;

/// Reads the events of an aggregate, each as one of its own, with where and when it was recorded.
#[must_use = "a reader does nothing until it is asked for events"]
pub struct EventReader<A: Aggregate> {
    reader: StreamReader,
    /// What the last stored event stands for, where that is more than one.
    ready: VecDeque<(A::Event, Recorded)>,
    aggregate: PhantomData<fn() -> A>,
}

impl<A: Aggregate> EventReader<A> {
    pub(super) fn new(reader: StreamReader) -> Self {
        EventReader {
            reader,
            ready: VecDeque::new(),
            aggregate: PhantomData,
        }
    }

    /// The next event; `None` after the last one.
    ///
    /// # Errors
    /// Where a stored event cannot be read, the stream is damaged, or the database fails.
    pub async fn next(&mut self) -> Result<Option<(A::Event, Recorded)>, Error> {
        while self.ready.is_empty() {
            let Some(stored) = self.reader.next().await? else {
                return Ok(None);
            };
            let ready = &mut self.ready;
            read::<A>((&stored.recorded).into(), &stored.payload, &mut |event| {
                ready.push_back((event, stored.recorded.clone()));
            })?;
        }
        Ok(self.ready.pop_front())
    }
}

impl<A: Aggregate> std::fmt::Debug for EventReader<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventReader")
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}
