//! Rows that are folded when they are asked for.

use std::fmt;
use std::marker::PhantomData;

use super::Projection;
use super::rows::Folding;
use crate::error::{Error, ErrorKind};
use crate::event::Recorded;
use crate::feed::Feed;
use crate::store::Store;
use crate::stream::{Position, StreamId};

impl Store {
    /// Folds events into rows at this moment, in memory: what the table of the projection holds when it has handled them, and
    /// the only way to read one that is `live`.
    ///
    /// ```
    /// # use annals::prelude::*;
    /// # async fn doc<Balance: annals::Projection>(store: Store, stream: StreamId) -> Result<(), annals::Error> {
    /// let all = store.live::<Balance>().rows().await?;
    /// let of_one = store.live::<Balance>().of_stream(&stream).await?;
    /// # let _ = (all, of_one);
    /// # Ok(()) }
    /// ```
    pub fn live<P: Projection>(&self) -> Live<P> {
        Live {
            store: self.clone(),
            up_to: None,
            row: PhantomData,
        }
    }
}

/// Folds events into rows. Made by [`Store::live`].
///
/// It takes as long as the events are many, and the memory of all its rows.
#[must_use = "rows are folded when they are asked for"]
pub struct Live<P> {
    store: Store,
    up_to: Option<Position>,
    row: PhantomData<fn() -> P>,
}

impl<P: Projection> Live<P> {
    /// Only events up to this position.
    pub fn up_to(mut self, position: Position) -> Self {
        self.up_to = Some(position);
        self
    }

    /// The rows that the events of one stream make, in no order.
    ///
    /// # Errors
    /// Where an event cannot be read or handled, the store was not opened by an app that has the projection, or the database
    /// fails.
    pub async fn of_stream(&self, stream: &StreamId) -> Result<Vec<P>, Error> {
        let mut folding = self.folding()?;
        let mut reader = self.store.stream(stream);
        while let Some(event) = reader.next().await? {
            let recorded = event.recorded();
            if self.up_to.is_none_or(|up_to| recorded.position() <= up_to) {
                folding.fold(recorded, event.payload())?;
            }
        }
        Ok(folding.into_rows().collect())
    }

    /// The rows of all streams of this store's tenant, in no order, as of the end of the feed or of the given position.
    ///
    /// # Errors
    /// Those of [`Live::of_stream`].
    pub async fn rows(&self) -> Result<Vec<P>, Error> {
        let mut folding = self.folding()?;
        let feed = Feed::of_tenant(&self.store).events(folding.names());
        let fold = &mut |recorded: &Recorded, payload: &[u8]| folding.fold(recorded, payload);
        feed.each_recorded(self.up_to, fold).await?;
        Ok(folding.into_rows().collect())
    }

    fn folding(&self) -> Result<Folding<P>, Error> {
        let registered = self.store.registered();
        match registered.engine(P::NAME, P::VERSION) {
            Some(engine) => Ok(Folding::new(engine.routes().clone())),
            None => Err(Error::new(
                ErrorKind::Declaration,
                format!(
                    "projection `{}` version {} is not known to this store",
                    P::NAME,
                    P::VERSION
                ),
            )
            .with_hint(
                "add it to the app that opens the store: `App::new(..).aggregate::<..>().projection::<..>().open()`",
            )),
        }
    }
}

impl<P> fmt::Debug for Live<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("store", &self.store)
            .field("up_to", &self.up_to)
            .finish_non_exhaustive()
    }
}
