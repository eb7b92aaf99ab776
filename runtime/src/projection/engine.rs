//! What keeps a projection up to date, page by page, whatever its target is.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::bulk::{Bulk, Verify};
use super::definition::Definition;
use super::routes::Routes;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::feed::Feed;
use crate::store::projections::PartId;
use crate::store::{Backend, Store, Tx};

/// Handles the events of one projection.
pub(crate) trait Engine: Send + Sync {
    fn definition(&self) -> &Definition;

    fn routes(&self) -> &Routes;

    /// Handles a page for a partition, in the transaction in which its checkpoint moves.
    ///
    /// What cannot be handled is parked. An error is one of the database: nothing of the page is to be committed then.
    fn take<'a>(&'a self, store: &'a Store, tx: &'a mut Tx, page: Page<'a>) -> Taking<'a>;

    /// Holds off, until the transaction ends, who else may come to events of these streams without holding the partition.
    fn hold<'a>(
        &'a self,
        backend: &'a Backend,
        tx: &'a mut Tx,
        streams: &'a [(Arc<str>, String)],
    ) -> Holding<'a> {
        let _ = (backend, tx, streams);
        Box::pin(std::future::ready(Ok(())))
    }

    /// As [`Engine::take`], for events that were parked: whatever is known to have been handled, these were not.
    fn take_again<'a>(&'a self, store: &'a Store, tx: &'a mut Tx, page: Page<'a>) -> Taking<'a> {
        self.take(store, tx, page)
    }

    /// What of the feed it handles, from the first event on.
    fn feed(&self, store: &Store) -> Feed {
        Feed::of_all_tenants(store).events(self.routes().names())
    }

    /// Does what is done about a page outside of the database, before the transaction begins: at least once, since the
    /// checkpoint may not move then. Where it answers what is in the way, the checkpoint moves up to that, and the page is not
    /// handed to [`Engine::take`].
    fn ahead<'a>(&'a self, events: &'a [RecordedEvent]) -> Doing<'a, Option<Halt>> {
        let _ = events;
        Box::pin(std::future::ready(Ok(None)))
    }

    /// How long until something is to be handled of which no event tells; `None` where nothing is.
    fn due_in<'a>(&'a self, backend: &'a Backend, part: &'a PartId) -> Doing<'a, Option<Duration>> {
        let _ = (backend, part);
        Box::pin(std::future::ready(Ok(None)))
    }

    /// A page that was handled is committed.
    fn committed(&self) {}

    /// What goes on beside a partition for as long as this process follows it; `None` where nothing does.
    fn beside(&self, store: &Store, part: &PartId, stop: CancellationToken) -> Option<Beside> {
        let _ = (store, part, stop);
        None
    }

    /// Builds its rows from many events, from an empty table or from what is in it; `None` where it cannot.
    fn bulk(&self, is_empty: bool) -> Option<Box<dyn Bulk>> {
        let _ = is_empty;
        None
    }

    /// Folds all events a second time, to compare; `None` where there is nothing to compare.
    fn verify(&self) -> Option<Box<dyn Verify>> {
        None
    }
}

pub(crate) type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

pub(crate) type Holding<'a> = Doing<'a, ()>;

pub(crate) type Taking<'a> = Doing<'a, Taken>;

pub(crate) type Beside = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Some events of the feed, for one partition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) part: &'a PartId,
    /// Handles no more than this key, of its one tenant.
    pub(crate) only: Option<&'a str>,
    pub(crate) events: &'a [RecordedEvent],
    /// Where the partition stands after all of them.
    pub(crate) checkpoint: i64,
    /// Up to here effects are left out.
    pub(crate) effects_after: i64,
    /// What went wrong the last time that these events were handled.
    pub(crate) trouble: Option<&'a Trouble>,
    /// Whether each row is to be tried alone, since together the database refused them.
    pub(crate) is_careful: bool,
}

/// How far a page was handled.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) checkpoint: i64,
    /// Why not all of it was.
    pub(crate) halt: Option<Halt>,
}

impl Taken {
    /// The page up to what is in the way; all of it where nothing is.
    pub(crate) fn up_to(page: &Page<'_>, halt: Option<Halt>) -> Self {
        Taken {
            checkpoint: match &halt {
                Some(halt) => halt.position() - 1,
                None => page.checkpoint,
            },
            halt,
        }
    }
}

/// Why a partition does not go on. Everything before the position is handled.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Nobody can handle this event, and it is not known which later ones it concerns.
    Stop { position: i64, error: Error },
    /// A newer release wrote this event: that release can go on.
    Newer { position: i64, error: Error },
    /// This event is to be tried again, after a while.
    Again(Trouble),
}

impl Halt {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Halt::Stop { error, .. } | Halt::Newer { error, .. } => error,
            Halt::Again(trouble) => Error::new(ErrorKind::Unhandled, trouble.why),
        }
    }
}

/// An event that could not be handled, and is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) position: i64,
    pub(crate) attempts: u32,
    pub(crate) why: String,
}

/// How many of all partitions a key belongs to: the same in every release and on every machine.
///
/// The hash is FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
pub(crate) fn partition_of(tenant: &Arc<str>, key: &str, partitions: u32) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let bytes = tenant.bytes().chain([0]).chain(key.bytes());
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the rest is smaller than the divisor"
    )]
    let partition = (hash % u64::from(partitions.max(1))) as u32;
    partition
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::partition_of;

    #[test]
    fn keys_stay_where_they_are_and_spread() {
        let tenant = Arc::from("");
        assert_eq!(partition_of(&tenant, "account-1", 1), 0);
        // These are kept: another answer would leave rows with two workers.
        let places: Vec<_> = (0..8)
            .map(|n| partition_of(&tenant, &n.to_string(), 4))
            .collect();
        assert_eq!(places, [1, 2, 3, 0, 1, 2, 3, 0]);
        assert_ne!(
            partition_of(&Arc::from("acme"), "0", 1 << 20),
            partition_of(&tenant, "0", 1 << 20)
        );
    }
}
