//! Appends to one stream of which each was decided on the state after the one before, which is not stored yet.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

/// A row of appends to a stream. Once one of them is not stored, the later ones are void: they were decided on what never was.
#[derive(Debug)]
pub(crate) struct Chain {
    state: Mutex<State>,
    settled: Notify,
}

#[derive(Debug)]
struct State {
    is_broken: bool,
    pending: usize,
    /// When the last event was recorded that is known to be stored.
    seen: Option<DateTime<Utc>>,
}

impl Chain {
    /// A chain that begins after the event that was recorded at this time; `None` where the stream has no event.
    pub(crate) fn after(seen: Option<DateTime<Utc>>) -> Arc<Self> {
        Arc::new(Chain {
            state: Mutex::new(State {
                is_broken: false,
                pending: 0,
                seen,
            }),
            settled: Notify::new(),
        })
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.state().is_broken
    }

    pub(crate) fn seen(&self) -> Option<DateTime<Utc>> {
        self.state().seen
    }

    /// The next append.
    pub(crate) fn link(self: &Arc<Self>) -> Link {
        self.state().pending += 1;
        Link {
            chain: Arc::clone(self),
            is_stored: false,
        }
    }

    /// Waits until it is known of all its appends whether they are stored.
    pub(crate) async fn settled(&self) {
        loop {
            let settled = self.settled.notified();
            tokio::pin!(settled);
            settled.as_mut().enable();
            if self.is_settled() {
                return;
            }
            settled.await;
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.state().pending == 0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An append of a chain. Dropped before it is known to be stored, it breaks the chain.
#[derive(Debug)]
pub(crate) struct Link {
    chain: Arc<Chain>,
    is_stored: bool,
}

impl Link {
    pub(super) fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    /// The append is stored, and its last event was recorded at this time.
    pub(super) fn stored(&mut self, recorded_at: Option<DateTime<Utc>>) {
        self.is_stored = true;
        self.chain.state().seen = recorded_at;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut state = self.chain.state();
        state.pending -= 1;
        state.is_broken |= !self.is_stored;
        let is_settled = state.pending == 0;
        drop(state);
        if is_settled {
            self.chain.settled.notify_waiters();
        }
    }
}
