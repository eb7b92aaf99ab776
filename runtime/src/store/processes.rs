//! What the database keeps of processes beside the streams of their instances, as both stores hand it out and take it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::Error;
use crate::event::RecordedEvent;
use crate::stream::StreamId;

/// How an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstanceStatus {
    Running,
    /// It came to its end.
    Finished,
    /// An operator ended it.
    Cancelled,
}

impl InstanceStatus {
    pub(crate) const ALL: [InstanceStatus; 3] = [
        InstanceStatus::Running,
        InstanceStatus::Finished,
        InstanceStatus::Cancelled,
    ];

    /// As it is kept.
    pub(crate) fn word(self) -> &'static str {
        match self {
            InstanceStatus::Running => "running",
            InstanceStatus::Finished => "finished",
            InstanceStatus::Cancelled => "cancelled",
        }
    }

    /// Of the word as which it is kept.
    pub(crate) fn of(word: &str) -> Option<InstanceStatus> {
        let mut all = InstanceStatus::ALL.into_iter();
        all.find(|status| status.word() == word)
    }
}

/// What is wrong with a word that is no status.
pub(super) fn unknown_status(word: &str) -> String {
    format!("{word:?} is no status of an instance: it was written by a newer release, or by hand")
}

/// A row belongs to an event that is not in the stream of its instance.
pub(super) fn missing(stream: &StreamId, version: i64) -> Error {
    let what = format!("event {version}, to which a row of its process belongs, is missing");
    Error::corrupt(stream, what)
}

/// Names an instance of a process that is known.
pub(crate) type InstancePlace = (Arc<str>, String);

/// An instance, and the event in its stream that holds its state.
#[derive(Debug, Clone)]
pub(crate) struct FoundInstance {
    pub(crate) tenant: Arc<str>,
    pub(crate) id: String,
    pub(crate) status: InstanceStatus,
    /// How many steps it has taken.
    pub(crate) steps: i64,
    pub(crate) state: RecordedEvent,
}

/// Where an instance stands after some steps.
#[derive(Debug, Clone)]
pub(crate) struct SavedInstance {
    pub(crate) tenant: Arc<str>,
    pub(crate) id: String,
    pub(crate) partition: u32,
    pub(crate) status: InstanceStatus,
    /// The place in its stream of the event that holds its state.
    pub(crate) state_version: i64,
    pub(crate) steps: i64,
}

/// An instance as operators list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedInstance {
    pub(crate) process: String,
    pub(crate) tenant: String,
    pub(crate) id: String,
    pub(crate) status: InstanceStatus,
    pub(crate) steps: i64,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    /// How many of its commands are on the way.
    pub(crate) pending: i64,
    /// How many of its commands, its timers and the events that concern it wait for an operator.
    pub(crate) parked: i64,
    /// When its next timer is due.
    pub(crate) next_timer: Option<DateTime<Utc>>,
}

/// Which instances to list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InstanceFilter<'a> {
    pub(crate) process: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) status: Option<InstanceStatus>,
    /// Only those where something waits for an operator.
    pub(crate) only_parked: bool,
}

/// A timer that is to be kept.
#[derive(Debug, Clone)]
pub(crate) struct NewTimer {
    pub(crate) tenant: Arc<str>,
    pub(crate) instance: String,
    /// The stored name of what it was set with.
    pub(crate) name: String,
    pub(crate) partition: u32,
    /// The place of the event in the instance's stream that holds what it was set with.
    pub(crate) version: i64,
    pub(crate) due_at: DateTime<Utc>,
}

/// Names a timer of a process that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimerPlace {
    pub(crate) tenant: Arc<str>,
    pub(crate) instance: String,
    pub(crate) name: String,
}

/// A timer that is due, and the event in the instance's stream that holds what it was set with.
#[derive(Debug, Clone)]
pub(crate) struct DueTimer {
    pub(crate) place: TimerPlace,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) content: RecordedEvent,
}

/// A timer as operators list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedTimer {
    pub(crate) process: String,
    pub(crate) tenant: String,
    pub(crate) instance: String,
    pub(crate) name: String,
    pub(crate) due_at: DateTime<Utc>,
    /// Why the process could not react to it; it does not come due again by itself.
    pub(crate) error: Option<String>,
}

/// A command that is to be delivered: an event in the instance's stream.
#[derive(Debug, Clone)]
pub(crate) struct NewDelivery {
    pub(crate) place: DeliveryPlace,
    pub(crate) partition: u32,
    pub(crate) command_id: Uuid,
    /// The stored name of the command.
    pub(crate) command: String,
    /// The aggregate to which it goes, by name.
    pub(crate) aggregate: String,
    /// The whole name of the aggregate's stream.
    pub(crate) target: String,
}

/// Names a delivery of a process that is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct DeliveryPlace {
    pub(crate) tenant: Arc<str>,
    pub(crate) instance: String,
    /// The place of the command in the instance's stream.
    pub(crate) version: i64,
}

/// A command whose turn has come.
#[derive(Debug, Clone)]
pub(crate) struct DueDelivery {
    pub(crate) place: DeliveryPlace,
    pub(crate) aggregate: String,
    pub(crate) target: String,
    /// How often it was tried.
    pub(crate) attempts: u32,
    /// The command.
    pub(crate) content: RecordedEvent,
}

/// A command on its way, as operators list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedDelivery {
    pub(crate) process: String,
    pub(crate) tenant: String,
    pub(crate) instance: String,
    pub(crate) version: i64,
    pub(crate) command: String,
    pub(crate) target: String,
    pub(crate) attempts: u32,
    /// Why the last attempt failed.
    pub(crate) error: Option<String>,
    /// When it is tried next.
    pub(crate) try_at: DateTime<Utc>,
    /// Since when it waits for an operator.
    pub(crate) parked_at: Option<DateTime<Utc>>,
}
