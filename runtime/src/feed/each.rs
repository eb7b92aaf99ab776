use std::time::Instant;

use super::{Feed, FeedEvent};
use crate::error::Error;
use crate::event::Recorded;
use crate::store::feed::{FeedRequest, Sink, check_order, named};
use crate::store::names::Names;
use crate::store::row::EventRow;
use crate::stream::Position;
use crate::telemetry;

/// What is done with how an event was recorded, and with its payload.
type EachRecorded<'e> = dyn FnMut(&Recorded, &[u8]) -> Result<(), Error> + Send + 'e;

impl Feed {
    /// Hands each event to a closure as it comes, up to the end of the feed as it is now. Answers the checkpoint: whoever begins
    /// after it gets exactly what comes later.
    ///
    /// It is the fastest way to read many events: none is copied, and the memory that it takes does not depend on how many they
    /// are. How they were recorded is not even asked for: [`Feed::replay`] hands out that, too. The size of pages does not matter.
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
        let mut sink = Facts {
            each: &mut each,
            failure: None,
            last: self.after,
            events: 0,
        };
        let request = FeedRequest {
            facts_alone: true,
            ..self.request(Instant::now(), false)?
        };
        let scanned = self.hand_on(request, None, &mut sink).await;
        telemetry::fed(sink.events);
        match sink.failure {
            Some(failure) => Err(failure),
            None => Ok(scanned?),
        }
    }

    /// Hands on each event with how it was recorded, and none beyond a position.
    pub(crate) async fn each_recorded(
        &self,
        up_to: Option<Position>,
        each: &mut EachRecorded<'_>,
    ) -> Result<Position, Error> {
        let mut sink = Records {
            each,
            last: self.after,
            tenants: Names::default(),
            types: Names::default(),
            events: 0,
        };
        let request = self.request(Instant::now(), false)?;
        let scanned = self.hand_on(request, up_to, &mut sink).await;
        telemetry::fed(sink.events);
        scanned
    }

    async fn hand_on(
        &self,
        request: FeedRequest<'_>,
        up_to: Option<Position>,
        sink: &mut dyn Sink,
    ) -> Result<Position, Error> {
        let request = FeedRequest {
            limit: u32::MAX,
            ..request
        };
        let backend = &self.store.inner.backend;
        let up_to = up_to.map_or(i64::MAX, Position::to_i64);
        let scanned = backend.scan(request, up_to, sink).await?;
        self.store.inner.news.found(scanned.frontier.unsigned_abs());
        Ok(Position::of_i64(scanned.checkpoint))
    }
}

/// Hands facts to a closure.
struct Facts<'e, E> {
    each: &'e mut (dyn FnMut(&FeedEvent<'_>) -> Result<(), E> + Send),
    failure: Option<E>,
    last: Position,
    events: usize,
}

impl<E: Send> Sink for Facts<'_, E> {
    fn take(
        &mut self,
        _tenant: &str,
        stream: &str,
        aggregate: Option<&str>,
        event: &dyn EventRow,
    ) -> Result<(), Error> {
        let event = FeedEvent::of(stream, aggregate, event.fact()?)?;
        check_order(self.last, event.position(), event.version(), || {
            named(stream, aggregate)
        })?;
        self.last = event.position();
        self.events += 1;
        self.failure = (self.each)(&event).err();
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.failure.is_some()
    }
}

/// Hands events, and how they were recorded, to a closure.
struct Records<'e> {
    each: &'e mut EachRecorded<'e>,
    last: Position,
    tenants: Names,
    types: Names,
    events: usize,
}

impl Sink for Records<'_> {
    fn take(
        &mut self,
        tenant: &str,
        stream: &str,
        aggregate: Option<&str>,
        event: &dyn EventRow,
    ) -> Result<(), Error> {
        let tenant = self.tenants.name(tenant);
        let stream = named(stream, aggregate)?;
        let event = event.stored()?;
        let recorded = event.recorded(&tenant, &stream, &mut self.types)?;
        check_order(self.last, recorded.position(), recorded.version(), || {
            Ok(stream)
        })?;
        self.last = recorded.position();
        self.events += 1;
        (self.each)(&recorded, event.fact.payload)
    }

    fn is_full(&self) -> bool {
        false
    }
}
