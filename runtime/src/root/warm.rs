//! States that commands left behind, for the next commands on the same streams: these need not load.
//!
//! Nothing relies on such a state but the attempt that an append makes with it. The append is stored only where the stream is
//! still as it was left, by its version and by the time of its last event; another process that wrote meanwhile makes it a
//! conflict, and the command loads. An answer that stores nothing is never given on such a state.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::aggregate::Aggregate;
use crate::store::Store;
use crate::store::appends::Chain;
use crate::stream::{StreamId, Version};

/// What a state takes beside what it is made of.
const OVERHEAD: usize = 512;

/// A state after the last command on its stream, which may be on its way to the database still.
pub(super) struct State<A> {
    pub(super) state: A,
    pub(super) version: Version,
    /// The version of the last snapshot; 0 where there is none.
    pub(super) snapshot: Version,
    /// The appends that led here from what was loaded.
    pub(super) chain: Arc<Chain>,
    /// The bytes of what the state was made of.
    pub(super) bytes: usize,
}

type Key = (TypeId, Arc<str>, StreamId);

struct Kept {
    state: Box<dyn Any + Send + Sync>,
    chain: Arc<Chain>,
    bytes: usize,
}

/// States by their streams. What was not used for longest goes first, but not while an append that led there is on its way: who
/// loads the stream then would not see it.
pub(crate) struct Warm {
    most: usize,
    kept: Mutex<Bounded>,
}

struct Bounded {
    states: LruCache<Key, Kept>,
    bytes: usize,
}

impl Warm {
    /// Keeps states that were made of up to so many bytes, all together.
    pub(crate) fn of(most: usize) -> Self {
        Warm {
            most,
            kept: Mutex::new(Bounded {
                states: LruCache::unbounded(),
                bytes: 0,
            }),
        }
    }

    /// Takes the state of a stream out: one at a time has it, and where that one gives up, it is gone.
    pub(super) fn take<A: Aggregate>(&self, store: &Store, stream: &StreamId) -> Option<State<A>> {
        let mut kept = self.kept();
        let found = kept.states.pop(&key::<A>(store, stream))?;
        kept.bytes -= found.bytes;
        drop(kept);
        let state: Box<State<A>> = found.state.downcast().ok()?;
        (!state.chain.is_broken()).then_some(*state)
    }

    /// Keeps the state of a stream, where it is not too large; answers whether it does.
    pub(super) fn put<A: Aggregate>(
        &self,
        store: &Store,
        stream: &StreamId,
        state: State<A>,
    ) -> bool {
        let bytes = state.bytes + size_of::<A>() + OVERHEAD;
        if bytes > self.most {
            return false;
        }
        let new = Kept {
            chain: Arc::clone(&state.chain),
            state: Box::new(state),
            bytes,
        };
        let mut kept = self.kept();
        let old = kept.states.push(key::<A>(store, stream), new);
        kept.bytes = kept.bytes + bytes - old.map_or(0, |(_, old)| old.bytes);
        while kept.bytes > self.most
            && let Some((_, oldest)) = kept.states.peek_lru()
            && oldest.chain.is_settled()
        {
            kept.bytes -= oldest.bytes;
            kept.states.pop_lru();
        }
        true
    }

    fn kept(&self) -> MutexGuard<'_, Bounded> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key<A: Aggregate>(store: &Store, stream: &StreamId) -> Key {
    (TypeId::of::<A>(), store.shared_tenant(), stream.clone())
}

impl fmt::Debug for Warm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Warm")
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}
