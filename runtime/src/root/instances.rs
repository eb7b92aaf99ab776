use std::fmt;
use std::marker::PhantomData;

use super::Root;
use crate::aggregate::Aggregate;
use crate::error::Error;
use crate::store::{Store, StreamList};

/// Lists the instances of an aggregate that exist, by the names of their streams.
#[must_use = "a list does nothing until it is asked for instances"]
pub struct Instances<A> {
    store: Store,
    streams: StreamList,
    aggregate: PhantomData<fn() -> A>,
}

impl<A: Aggregate> Instances<A> {
    pub(super) fn new(store: Store) -> Self {
        let streams = store.streams(A::NAME);
        Instances {
            store,
            streams,
            aggregate: PhantomData,
        }
    }

    /// The next instance; `None` after the last one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn next(&mut self) -> Result<Option<Root<A>>, Error> {
        let stream = self.streams.next().await?;
        Ok(stream.map(|stream| Root {
            store: self.store.clone(),
            stream,
            aggregate: PhantomData,
        }))
    }
}

impl<A> fmt::Debug for Instances<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instances")
            .field("streams", &self.streams)
            .finish_non_exhaustive()
    }
}
