use chrono::{DateTime, Utc};

use crate::app::App;
use crate::error::Error;
use crate::store::processes::{
    InstanceFilter, InstanceStatus, ListedDelivery, ListedInstance as InstanceRow, ListedTimer,
};
use crate::stream::Version;

/// How an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// Something can still happen to it.
    Running,
    /// It came to its end.
    Finished,
    /// An operator ended it.
    Cancelled,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 3] = [Standing::Running, Standing::Finished, Standing::Cancelled];

    /// In one word, as it is kept: `running`, `finished` or `cancelled`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.status().word()
    }

    fn status(self) -> InstanceStatus {
        match self {
            Standing::Running => InstanceStatus::Running,
            Standing::Finished => InstanceStatus::Finished,
            Standing::Cancelled => InstanceStatus::Cancelled,
        }
    }
}

impl From<InstanceStatus> for Standing {
    fn from(status: InstanceStatus) -> Self {
        match status {
            InstanceStatus::Running => Standing::Running,
            InstanceStatus::Finished => Standing::Finished,
            InstanceStatus::Cancelled => Standing::Cancelled,
        }
    }
}

/// Which instances to list: all of them, unless it says otherwise.
#[derive(Debug, Clone, Default)]
pub struct Instances {
    /// Those of this process.
    pub process: Option<String>,
    /// Those that stand like that.
    pub standing: Option<Standing>,
    /// Those where something waits for an operator.
    pub only_parked: bool,
}

/// An instance of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedInstance {
    /// The process.
    pub process: String,
    /// The tenant.
    pub tenant: String,
    /// The id; the stream is named by the process, a dash and the id.
    pub id: String,
    /// How it stands.
    pub standing: Standing,
    /// How often it reacted to something.
    pub steps: u64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it last took a step.
    pub updated_at: DateTime<Utc>,
    /// How many of its commands were neither accepted nor refused yet.
    pub pending: u64,
    /// How many of its commands, its timers and the events that concern it wait for an operator.
    pub parked: u64,
    /// When its next timer is due.
    pub next_timer: Option<DateTime<Utc>>,
}

impl From<InstanceRow> for ListedInstance {
    fn from(row: InstanceRow) -> Self {
        ListedInstance {
            process: row.process,
            tenant: row.tenant,
            id: row.id,
            standing: row.status.into(),
            steps: row.steps.unsigned_abs(),
            started_at: row.started_at,
            updated_at: row.updated_at,
            pending: row.pending.unsigned_abs(),
            parked: row.parked.unsigned_abs(),
            next_timer: row.next_timer,
        }
    }
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

/// A command that was neither accepted nor refused yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingCommand {
    /// Its place in the stream of the instance.
    pub version: Version,
    /// The stored name of the command.
    pub command: String,
    /// The stream of the aggregate to which it goes.
    pub to: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When it is tried next, unless it is parked.
    pub try_at: DateTime<Utc>,
    /// Since when it waits for an operator.
    pub parked_at: Option<DateTime<Utc>>,
}

impl From<ListedDelivery> for PendingCommand {
    fn from(row: ListedDelivery) -> Self {
        PendingCommand {
            version: Version::of_i64(row.version),
            command: row.command,
            to: row.target,
            attempts: row.attempts,
            error: row.error,
            try_at: row.try_at,
            parked_at: row.parked_at,
        }
    }
}

/// Instances of processes, those first that took a step last; at most so many.
///
/// # Errors
/// Where the database fails.
pub async fn list(app: &App, which: &Instances, limit: u32) -> Result<Vec<ListedInstance>, Error> {
    let store = app.open_to_look().await?;
    let filter = InstanceFilter {
        process: which.process.as_deref(),
        id: None,
        status: which.standing.map(Standing::status),
        only_parked: which.only_parked,
    };
    let found = store.inner.backend.list_instances(filter, limit).await?;
    Ok(found.into_iter().map(ListedInstance::from).collect())
}

/// Timers, of one process or of all, those first that are due first; at most so many.
///
/// # Errors
/// Where the database fails.
pub async fn timers(
    app: &App,
    process: Option<&str>,
    limit: u32,
) -> Result<Vec<WaitingTimer>, Error> {
    let store = app.open_to_look().await?;
    let found = store
        .inner
        .backend
        .list_timers(process, None, limit)
        .await?;
    Ok(found.into_iter().map(WaitingTimer::from).collect())
}
