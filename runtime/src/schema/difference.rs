use std::fmt;
use std::path::PathBuf;

use annals_schema::Rule;
use annals_schema::lock::Lock;

/// One difference: between two locks, or between the lock and what the program declares.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// What kind of difference, with its verdict and its cure.
    pub rule: &'static Rule,
    /// What it is about.
    pub subject: Subject,
    /// Where in the payload, like `lines[].price.cents`, or which column of a read model; `.` for the whole.
    pub path: String,
    /// What was there; empty where there was nothing.
    pub from: String,
    /// What is there now; empty where there is nothing.
    pub to: String,
    /// The folder of the lock.
    pub folder: PathBuf,
    /// The file in the folder. It may not be there yet.
    pub file: String,
}

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// An event as a whole.
    Event {
        /// The name under which it is stored.
        name: String,
    },
    /// One version of an event.
    Version {
        /// The name under which it is stored.
        event: String,
        /// The version.
        version: u32,
    },
    /// An aggregate.
    Aggregate {
        /// Its name.
        name: String,
    },
    /// A read model.
    ReadModel {
        /// The name of its projection.
        name: String,
    },
}

/// What a difference between the lock and the program means for the next release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// New, and free to change until it is locked.
    Draft,
    /// A change of what is locked, which everything that was stored survives.
    Amendment,
    /// A change that something that was stored does not survive, or that a table of rows does not. It cannot be locked.
    Breaking,
}

impl Difference {
    /// What it means for the next release.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.rule.name {
            _ if !self.rule.backward => Stage::Breaking,
            "EVENT_ADDED" | "VERSION_ADDED" | "READ_MODEL_ADDED" | "READ_MODEL_VERSION_ADDED" => {
                Stage::Draft
            }
            _ => Stage::Amendment,
        }
    }

    /// Where it is, like `account.opened v2: balance.cents`.
    #[must_use]
    pub fn place(&self) -> String {
        match self.path.as_str() {
            "." => self.subject.to_string(),
            path => format!("{}: {path}", self.subject),
        }
    }

    /// From what to what, like `i64 → u64`.
    #[must_use]
    pub fn values(&self) -> String {
        let said = |value: &str| match value {
            "" => "nothing".to_owned(),
            value => value.to_owned(),
        };
        format!("{} → {}", said(&self.from), said(&self.to))
    }
}

/// `path: what: from → to: verdict`, and the cure where there is something to cure.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { what, cure, .. } = self.rule;
        let (place, values, verdict) = (self.place(), self.values(), self.rule.verdict());
        write!(f, "{place}: {what}: {values}: {verdict}")?;
        if !cure.is_empty() {
            write!(f, ": {cure}")?;
        }
        write!(f, " ({})", self.rule.name)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Event { name } => f.write_str(name),
            Subject::Version { event, version } => write!(f, "{event} v{version}"),
            Subject::Aggregate { name } => write!(f, "aggregate {name}"),
            Subject::ReadModel { name } => write!(f, "read model {name}"),
        }
    }
}

impl Subject {
    /// Whether a lock holds it.
    pub(super) fn is_among(&self, lock: &Lock) -> bool {
        match self {
            Subject::Event { name } | Subject::Version { event: name, .. } => {
                lock.events.contains_key(name)
            }
            Subject::Aggregate { name } => lock.aggregates.contains_key(name),
            Subject::ReadModel { name } => lock.read_models.contains_key(name),
        }
    }
}

impl Stage {
    /// One word for it: `draft`, `amendment` or `breaking`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Amendment => "amendment",
            Stage::Breaking => "breaking",
        }
    }
}
