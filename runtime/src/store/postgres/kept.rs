//! Connections that commands hand on from one to the next.
//!
//! The pool asks each connection that comes back whether it is alive, which takes the server about as long as a small
//! statement. So a few are kept beside it, as long as they are in use.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use sqlx::Postgres as Db;
use sqlx::pool::PoolConnection;

use super::connect::TRUSTED;

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
        if since.elapsed() < TRUSTED {
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
