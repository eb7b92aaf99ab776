use std::cell::RefCell;
use std::time::Instant;

use super::{Feed, FeedEvent};
use crate::error::Error;
use crate::store::feed::{Sink, check_order};
use crate::store::names::Names;
use crate::store::row::EventRow;
use crate::stream::Position;
use crate::telemetry;

impl Feed {
    /// Hands each event to a closure as it comes, up to the end of the feed as it is now. Answers the checkpoint: whoever begins
    /// after it gets exactly what comes later.
    ///
    /// It is the fastest way to read many events: none is copied, and the memory that it takes does not depend on how many they
    /// are. The size of pages does not matter.
    ///
    /// ```
    /// # use annals::prelude::*;
    /// # #[derive(Event, serde::Serialize, serde::Deserialize)]
    /// # #[event("money.deposited")]
    /// # struct MoneyDeposited { amount: i64 }
    /// # async fn doc(store: Store) -> Result<(), annals::Error> {
    /// let mut sum = 0;
    /// let checkpoint = store
    ///     .feed()
    ///     .event::<MoneyDeposited>()
    ///     .each(|event| {
    ///         sum += event.decode::<MoneyDeposited>()?.map_or(0, |deposited| deposited.amount);
    ///         Ok::<_, annals::Error>(())
    ///     })
    ///     .await?;
    /// println!("{sum} up to {checkpoint}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The closure holds up the connection on which the events come, and the task. What takes long belongs elsewhere: a server
    /// that ends statements after a while (`statement_timeout`) ends this one where that is not enough for 50,000 events.
    ///
    /// # Errors
    /// That of the closure, after which it gets no more events, and those of [`Feed::read`]. In each case the closure has seen
    /// all events up to the last one that it was given, [after](Feed::after) which one can go on.
    pub async fn each<E: From<Error> + Send>(
        self,
        mut each: impl FnMut(&FeedEvent<'_>) -> Result<(), E> + Send,
    ) -> Result<Position, E> {
        self.each_up_to(None, &mut each).await
    }

    /// As [`Feed::each`], and no event beyond a position.
    pub(crate) async fn each_up_to<E: From<Error> + Send>(
        &self,
        up_to: Option<Position>,
        each: &mut (dyn FnMut(&FeedEvent<'_>) -> Result<(), E> + Send),
    ) -> Result<Position, E> {
        let mut sink = Each {
            each,
            failure: None,
            last: self.after,
            tenants: Names::default(),
            types: RefCell::default(),
            events: 0,
        };
        let mut request = self.request(Instant::now(), false)?;
        request.limit = u32::MAX;
        let backend = &self.store.inner.backend;
        let up_to = up_to.map_or(i64::MAX, Position::to_i64);
        let scanned = backend.scan(request, up_to, &mut sink).await;
        telemetry::fed(sink.events);
        if let Some(failure) = sink.failure {
            return Err(failure);
        }
        let scanned = scanned?;
        self.store.inner.news.found(scanned.frontier.unsigned_abs());
        Ok(Position::of_i64(scanned.checkpoint))
    }
}

/// Hands events to a closure.
struct Each<'e, E> {
    each: &'e mut (dyn FnMut(&FeedEvent<'_>) -> Result<(), E> + Send),
    failure: Option<E>,
    last: Position,
    tenants: Names,
    types: RefCell<Names>,
    events: usize,
}

impl<E: Send> Sink for Each<'_, E> {
    fn take(
        &mut self,
        tenant: &str,
        stream: &str,
        aggregate: Option<&str>,
        event: &dyn EventRow,
    ) -> Result<(), Error> {
        let tenant = self.tenants.name(tenant);
        let event = FeedEvent::of(&tenant, stream, aggregate, event, &self.types)?;
        if event.position() <= self.last {
            check_order(self.last, &event.recorded()?)?;
        }
        self.last = event.position();
        self.events += 1;
        self.failure = (self.each)(&event).err();
        Ok(())
    }

    fn room(&self) -> i64 {
        i64::MAX
    }

    fn is_full(&self) -> bool {
        self.failure.is_some()
    }
}
