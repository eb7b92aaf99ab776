use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::known::{at_work, check_known};
use crate::app::App;
use crate::error::Error;
use crate::store::processes::{InstanceFilter, InstanceStatus, ListedInstance as InstanceRow};

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
    /// How many of its commands are on the way.
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

/// An instance that would have begun: the event that starts it is parked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct NotBegun {
    /// The process.
    pub process: String,
    /// The tenant.
    pub tenant: String,
    /// The id.
    pub id: String,
    /// How many events that concern it are parked.
    pub parked: u64,
}

/// Instances of processes, those first that took a step last; at most so many.
///
/// # Errors
/// Where there is no such process, or the database fails.
pub async fn list(app: &App, which: &Instances, limit: u32) -> Result<Vec<ListedInstance>, Error> {
    let store = app.open_to_look().await?;
    if let Some(process) = &which.process {
        check_known(app, &store, process).await?;
    }
    let filter = InstanceFilter {
        process: which.process.as_deref(),
        id: None,
        status: which.standing.map(Standing::status),
        only_parked: which.only_parked,
    };
    let found = store.inner.backend.list_instances(filter, limit).await?;
    Ok(found.into_iter().map(ListedInstance::from).collect())
}

/// Instances, of one process or of all, that are not there because the event that would start them is parked. By
/// process, tenant and id.
///
/// # Errors
/// Where the database fails.
pub async fn not_begun(app: &App, process: Option<&str>) -> Result<Vec<NotBegun>, Error> {
    let store = app.open_to_look().await?;
    let backend = &store.inner.backend;
    let processes = at_work(&store).await?;
    let mut waiting: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for parked in backend.parked(process, u32::MAX).await? {
        let mut processes = processes.iter();
        if processes.any(|(name, _)| **name == *parked.part.projection) {
            let place = (
                parked.part.projection.to_string(),
                parked.tenant.to_string(),
                parked.key,
            );
            *waiting.entry(place).or_default() += 1;
        }
    }
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let begun = InstanceFilter {
        process,
        only_parked: true,
        ..InstanceFilter::default()
    };
    for instance in backend.list_instances(begun, u32::MAX).await? {
        waiting.remove(&(instance.process, instance.tenant, instance.id));
    }
    let waiting = waiting.into_iter();
    Ok(waiting
        .map(|((process, tenant, id), parked)| NotBegun {
            process,
            tenant,
            id,
            parked,
        })
        .collect())
}
