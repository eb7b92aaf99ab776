//! One instance of an aggregate: load it, let it decide, look into its past.

mod as_of;
mod command_error;
mod events;
mod execute;
mod fold;
mod history;
mod instances;
mod load;
mod snapshots;
mod warm;

use std::fmt;
use std::marker::PhantomData;

pub use as_of::AsOf;
pub use command_error::CommandError;
pub use events::EventReader;
pub use execute::Execute;
pub use history::{Change, History, HistoryEntry};
pub use instances::Instances;
pub use load::Loaded;
pub(crate) use warm::Warm;

use crate::aggregate::{Aggregate, Handle};
use crate::error::Error;
use crate::store::Store;
use crate::stream::StreamId;

/// One instance of the aggregate `A`, whether it exists yet or not.
///
/// It holds no state: each call asks the store.
pub struct Root<A> {
    store: Store,
    stream: StreamId,
    aggregate: PhantomData<fn() -> A>,
}

impl Store {
    /// One instance of an aggregate, whether it exists yet or not.
    #[must_use]
    pub fn aggregate<A: Aggregate>(&self, id: impl Into<A::Id>) -> Root<A> {
        Root::new(self.clone(), &id.into())
    }

    /// Lists the instances of an aggregate that exist.
    pub fn instances<A: Aggregate>(&self) -> Instances<A> {
        Instances::new(self.clone())
    }
}

impl<A: Aggregate> Root<A> {
    pub(crate) fn new(store: Store, id: &A::Id) -> Self {
        Root::at(store, StreamId::new(A::NAME, id))
    }

    pub(crate) fn at(store: Store, stream: StreamId) -> Self {
        Root {
            store,
            stream,
            aggregate: PhantomData,
        }
    }

    /// The instance's stream.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// The state as it is now, and its version. An instance that does not exist yet has version 0 and the default state.
    ///
    /// # Errors
    /// Where a stored event cannot be read, the stream is damaged, or the database fails.
    pub async fn load(&self) -> Result<Loaded<A>, Error> {
        load::load(&self.store, None, &self.stream, None)
            .await
            .map(|(loaded, _)| loaded)
    }

    /// Lets the aggregate decide on a command, and stores the events that follow.
    ///
    /// Where another writer is faster, the state is loaded again and decided on again, up to
    /// [`command_attempts`](crate::StoreOptions::command_attempts) times.
    ///
    /// ```
    /// # use annals::{Root, prelude::*};
    /// # #[derive(Event, Serialize, Deserialize)] #[event("counted")] struct Counted;
    /// # #[derive(Aggregate, Default)] #[aggregate(events(Counted))] struct Counter { count: u64 }
    /// # #[derive(Clone)] struct Count;
    /// # #[aggregate] impl Counter {
    /// #     fn counted(&mut self, _: Counted) { self.count += 1; }
    /// #     fn count(&self, _: Count) -> Result<Counted, std::convert::Infallible> { Ok(Counted) }
    /// # }
    /// # async fn doc(counter: Root<Counter>) -> Result<(), Box<dyn std::error::Error>> {
    /// let receipt = counter.execute(Count).actor("alice").correlation("request-17").await?;
    /// println!("now at version {}", receipt.version());
    /// # Ok(())
    /// # }
    /// ```
    pub fn execute<C>(&self, command: C) -> Execute<'_, A, C>
    where
        A: Handle<C>,
    {
        Execute::new(self, command)
    }

    /// The state as it was. An instance that did not exist then has the default state.
    ///
    /// # Errors
    /// Those of [`Root::load`].
    pub async fn state_at(&self, as_of: AsOf) -> Result<A, Error> {
        as_of::state_at(&self.store, &self.stream, as_of).await
    }

    /// Reads the events, each through its upcasts and the aggregate's `reads(..)`.
    pub fn events(&self) -> EventReader<A> {
        EventReader::new(self.store.stream(&self.stream))
    }

    /// Walks through the instance's past: each stored event, with the state after it and what it changed.
    pub fn history(&self) -> History<A>
    where
        A: serde::Serialize,
    {
        History::new(self.store.stream(&self.stream))
    }
}

impl<A> Clone for Root<A> {
    fn clone(&self) -> Self {
        Root {
            store: self.store.clone(),
            stream: self.stream.clone(),
            aggregate: PhantomData,
        }
    }
}

impl<A> fmt::Debug for Root<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Root")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}
