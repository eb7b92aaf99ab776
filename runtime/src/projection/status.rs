//! How projections stand: what is declared, what the database holds, and how far it has come.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{Definition, Mode};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::store::projections::{Build, Partition, Status};
use crate::stream::Position;

/// One version of a projection or of a process: one that the program declares, one that the database holds, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProjectionStatus {
    /// The projection.
    pub projection: String,
    /// Its version.
    pub version: u32,
    /// How it is kept up to date: `following`, `inline` or `live`; of what follows and is no projection,
    /// `process` or `relay`.
    pub mode: String,
    /// How it stands.
    pub standing: Standing,
    /// Whether the view for people shows it.
    pub is_current: bool,
    /// Whether the program declares it.
    pub is_declared: bool,
    /// Its partitions, as the database holds them, in order; none of one that is [`Standing::Missing`] or
    /// [`Standing::Live`].
    pub partitions: Vec<PartitionStatus>,
    /// How many events could not be handled, or wait behind one: see [`parked`](super::parked).
    pub parked: u64,
}

/// How a version of a projection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It is declared, and the database does not have it yet.
    Missing,
    /// It is folded when it is asked for, and the database has nothing of it.
    Live,
    /// It is being built, and nobody follows with it.
    Building,
    /// It is kept up to date.
    Following,
    /// An operator halted it.
    Paused,
    /// Another version took over its effects: nobody follows with it any more.
    Retired,
}

/// How far a partition has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartitionStatus {
    /// Which one it is, from 0.
    pub partition: u32,
    /// Every event up to here is in its rows, or parked.
    pub checkpoint: Position,
    /// How many positions it is behind the end of the feed. Not each of them is an event that it handles.
    pub lag: u64,
    /// The worker that follows with it; `None` where nobody does.
    pub lease: Option<PartitionLease>,
    /// Why nobody can go on with it, until an operator has looked at it.
    pub stopped: Option<Stop>,
    /// When its checkpoint moved last.
    pub updated_at: DateTime<Utc>,
}

/// Who follows with a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartitionLease {
    /// The worker: the number of its process, and what tells it from others of that number.
    pub worker: String,
    /// Until when others leave it the partition, unless it is heard of again.
    pub until: DateTime<Utc>,
}

/// Why a partition does not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// The position before which it stopped.
    pub position: Position,
    /// What is in the way, and what to do about it.
    pub why: String,
}

impl Standing {
    /// In one word: `missing`, `live`, `building`, `following`, `paused` or `retired`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Standing::Missing => "missing",
            Standing::Live => "live",
            Standing::Building => Status::Building.word(),
            Standing::Following => Status::Following.word(),
            Standing::Paused => Status::Paused.word(),
            Standing::Retired => Status::Retired.word(),
        }
    }
}

impl From<Status> for Standing {
    fn from(status: Status) -> Self {
        match status {
            Status::Building => Standing::Building,
            Status::Following => Standing::Following,
            Status::Paused => Standing::Paused,
            Status::Retired => Standing::Retired,
        }
    }
}

impl ProjectionStatus {
    /// Whether an operator has to look at it: a partition has stopped, or events are parked.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        self.parked > 0 || self.partitions.iter().any(|of| of.stopped.is_some())
    }

    fn declared(definition: &Definition, mode: &str) -> Self {
        ProjectionStatus {
            projection: definition.name.to_string(),
            version: definition.version,
            mode: mode.to_owned(),
            standing: match definition.mode {
                Mode::Live => Standing::Live,
                Mode::Following | Mode::Inline => Standing::Missing,
            },
            is_current: false,
            is_declared: true,
            partitions: Vec::new(),
            parked: 0,
        }
    }

    fn stored(build: Build) -> Self {
        ProjectionStatus {
            projection: build.name,
            version: build.version,
            mode: build.mode,
            standing: build.status.into(),
            is_current: build.is_current,
            is_declared: false,
            partitions: Vec::new(),
            parked: 0,
        }
    }
}

impl PartitionStatus {
    fn of(partition: Partition, frontier: i64) -> Self {
        let lag = frontier.saturating_sub(partition.checkpoint).max(0);
        let lease = partition.lease.filter(|_| partition.is_leased);
        PartitionStatus {
            partition: partition.part.partition,
            checkpoint: Position::of_i64(partition.checkpoint),
            lag: lag.unsigned_abs(),
            lease: lease.map(|(worker, until)| PartitionLease { worker, until }),
            stopped: partition.stopped.map(|(why, position)| Stop {
                position: Position::of_i64(position),
                why,
            }),
            updated_at: partition.updated_at,
        }
    }
}

/// Every version of every projection and process, or of one of them, by name and version: those that the program
/// declares, and those that the database holds.
///
/// What is asked for is asked one after another: between two answers, workers go on.
///
/// # Errors
/// [`ErrorKind::ReadModel`] where neither the program nor the database knows it; otherwise where the app
/// contradicts itself, or the database cannot be asked.
pub async fn list(app: &App, projection: Option<&str>) -> Result<Vec<ProjectionStatus>, Error> {
    let store = app.connect().await?;
    let backend = &store.inner.backend;
    let mut found: Vec<_> = backend
        .builds()
        .await?
        .into_iter()
        .map(ProjectionStatus::stored)
        .collect();
    for (definition, mode) in app.declared()?.followers() {
        let mut stored = found.iter_mut();
        let stored =
            stored.find(|of| of.projection == *definition.name && of.version == definition.version);
        match stored {
            Some(stored) => stored.is_declared = true,
            None => found.push(ProjectionStatus::declared(definition, mode)),
        }
    }
    found.sort_by(|one, other| {
        (&one.projection, one.version).cmp(&(&other.projection, other.version))
    });
    if let Some(projection) = projection {
        let known: Vec<_> = found.iter().map(|of| of.projection.clone()).collect();
        found.retain(|of| of.projection == projection);
        if found.is_empty() {
            return Err(unknown(projection, known));
        }
    }
    let partitions = backend.partitions().await?;
    // After the checkpoints, none of which is beyond it then.
    let frontier = backend.frontier().await?;
    let mut of_version: HashMap<_, Vec<_>> = HashMap::new();
    for partition in partitions {
        let version = (
            partition.part.projection.to_string(),
            partition.part.version,
        );
        let status = PartitionStatus::of(partition, frontier);
        of_version.entry(version).or_default().push(status);
    }
    for (name, version, parked) in backend.count_parked().await? {
        let mut found = found.iter_mut();
        if let Some(of) = found.find(|of| *of.projection == *name && of.version == version) {
            of.parked = parked;
        }
    }
    for of in &mut found {
        let version = (of.projection.clone(), of.version);
        of.partitions = of_version.remove(&version).unwrap_or_default();
        of.partitions.sort_by_key(|of| of.partition);
    }
    Ok(found)
}

fn unknown(projection: &str, mut known: Vec<String>) -> Error {
    known.dedup();
    let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    Error::new(
        ErrorKind::ReadModel,
        format!("neither the program nor the database knows a projection `{projection}`"),
    )
    .with_hint(match known.is_empty() {
        true => "add it to the app: `.projection::<..>()`".to_owned(),
        false => format!("they know {}", known.join(", ")),
    })
}
