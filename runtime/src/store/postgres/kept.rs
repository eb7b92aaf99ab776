//! Connections that commands hand on from one to the next.
//!
//! The pool asks each connection that comes back whether it is alive, which takes the server about as long as a small
//! statement. So a few are kept beside it, as long as they are in use.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Postgres as Db;
use sqlx::pool::PoolConnection;

/// How long a connection may lie here. The pool finds out that one is dead, and here it would be the next command that does.
const IN_USE: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Kept {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    idle: Vec<(PoolConnection<Db>, Instant)>,
    most: usize,
}

impl Kept {
    /// Keeps up to four of the connections that a store may open, where it may open eight or more.
    pub(super) fn of(max_connections: u32) -> Self {
        let most = if max_connections < 8 { 0 } else { 4 };
        Kept {
            state: Mutex::new(State {
                idle: Vec::with_capacity(most),
                most,
            }),
        }
    }

    /// A connection that was in use a moment ago. What lies for longer goes back to the pool, which asks whether it is alive.
    pub(super) fn take(&self) -> Option<PoolConnection<Db>> {
        let mut state = self.state();
        let (connection, since) = state.idle.pop()?;
        if since.elapsed() < IN_USE {
            return Some(connection);
        }
        // Those below lie for longer still.
        let old = std::mem::take(&mut state.idle);
        drop(state);
        drop((connection, old));
        None
    }

    /// Keeps a connection whose last statement went through.
    pub(super) fn put(&self, connection: PoolConnection<Db>) {
        let mut state = self.state();
        if state.idle.len() < state.most {
            state.idle.push((connection, Instant::now()));
        }
    }

    /// Keeps none any more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.most = 0;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        drop(idle);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        // A store may be dropped where no runtime is, without which the pool takes nothing back.
        for (connection, _) in state.idle.drain(..) {
            drop(connection.detach());
        }
    }
}
