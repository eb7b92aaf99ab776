use chrono::{DateTime, Utc};

use super::known::check_known;
use crate::app::App;
use crate::error::Error;
use crate::store::processes::ListedTimer;

/// Timers as they stood at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timers {
    /// The time of the database, by which they are due.
    pub now: DateTime<Utc>,
    /// Those first that are due first.
    pub timers: Vec<WaitingTimer>,
}

/// A timer that is not due yet, or that waits for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitingTimer {
    /// The process.
    pub process: String,
    /// The tenant.
    pub tenant: String,
    /// The id of the instance.
    pub id: String,
    /// The stored name of what it was set with.
    pub name: String,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// Why the process could not react to it. It is not due again by itself.
    pub error: Option<String>,
}

impl From<ListedTimer> for WaitingTimer {
    fn from(row: ListedTimer) -> Self {
        WaitingTimer {
            process: row.process,
            tenant: row.tenant,
            id: row.instance,
            name: row.name,
            due_at: row.due_at,
            error: row.error,
        }
    }
}

/// Timers, of one process or of all, those first that are due first; at most so many.
///
/// # Errors
/// Where there is no such process, or the database fails.
pub async fn timers(app: &App, process: Option<&str>, limit: u32) -> Result<Timers, Error> {
    let store = app.open_to_look().await?;
    if let Some(process) = process {
        check_known(app, &store, process).await?;
    }
    let backend = &store.inner.backend;
    let found = backend.list_timers(process, None, limit).await?;
    Ok(Timers {
        now: backend.ends().await?.now,
        timers: found.into_iter().map(WaitingTimer::from).collect(),
    })
}
