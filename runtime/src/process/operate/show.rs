use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::find::{find, parked_of};
use super::{ListedInstance, WaitingTimer};
use crate::app::App;
use crate::append::check_tenant;
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::metadata::Note;
use crate::process::{Accepted, Cancelled, Refused};
use crate::projection::parked::ParkedEvent;
use crate::root::Change;
use crate::store::processes::ListedDelivery;
use crate::stream::{StreamId, Version};

/// All that is known of an instance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Story {
    /// Where it stands.
    pub instance: ListedInstance,
    /// The time of the database, by which its timers are due.
    pub now: DateTime<Utc>,
    /// What happened, in order.
    pub entries: Vec<Entry>,
    /// Its commands that were neither accepted nor refused yet.
    pub pending: Vec<PendingCommand>,
    /// Its timers.
    pub timers: Vec<WaitingTimer>,
    /// Events that concern it and to which it could not react, with those behind them.
    pub parked: Vec<ParkedEvent>,
}

/// One event in the stream of an instance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// The event as it is stored.
    pub event: RecordedEvent,
    /// What it tells.
    pub what: What,
}

/// What an event in the stream of an instance tells.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// The instance reacted to something; the event holds the state after that.
    Step {
        /// Which step it was, from 1.
        step: u64,
        /// To what: the stored name of an event or of a timer, or of a command with the word `refused`.
        input: String,
        /// The stream in which that is stored; `None` for a timer.
        from: Option<String>,
        /// What is different from the state before; nothing for the first step, which has none before it.
        changes: Vec<Change>,
        /// The timers that were cancelled.
        cancelled: Vec<String>,
        /// Whether it was the last step.
        is_last: bool,
    },
    /// It sent a command, which the event holds.
    Sent {
        /// The stream of the aggregate.
        to: String,
        /// What became of it.
        fate: Fate,
    },
    /// It set a timer; the event holds what it was set with.
    TimerSet {
        /// When it is due.
        due_at: DateTime<Utc>,
    },
    /// A command was accepted.
    Accepted {
        /// The place of the command in this stream, where it is in it.
        command: Option<Version>,
        /// The stored name of the command.
        name: String,
        /// The stream of the aggregate.
        by: String,
        /// Where that stands after it.
        version: Version,
    },
    /// A command was refused.
    Refused {
        /// The place of the command in this stream, where it is in it.
        command: Option<Version>,
        /// The stored name of the command.
        name: String,
        /// The stream of the aggregate.
        by: String,
        /// The refusal as JSON.
        refusal: String,
    },
    /// An operator ended the instance.
    Cancelled {
        /// Why.
        why: String,
    },
    /// An event that no process stores there.
    Other,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It is on the way.
    Pending,
    /// It waits for an operator.
    Parked,
    /// The aggregate accepted it.
    Accepted,
    /// The aggregate refused it.
    Refused,
    /// An operator ended the instance while it was parked.
    GivenUp,
}

impl Fate {
    /// In one or two words: `pending`, `parked`, `accepted`, `refused` or `given up`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Fate::Pending => "pending",
            Fate::Parked => "parked",
            Fate::Accepted => "accepted",
            Fate::Refused => "refused",
            Fate::GivenUp => "given up",
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

/// Tells the story of an instance, event by event.
///
/// What is asked for is asked one after another: between two answers, the instance goes on.
///
/// # Errors
/// Where there is no such instance, an event of its stream cannot be read, or the database fails.
pub async fn show(app: &App, process: &str, tenant: &str, id: &str) -> Result<Story, Error> {
    check_tenant(tenant)?;
    let store = app.open_to_look().await?.tenant(tenant);
    let instance = find(app, &store, process, id).await?;
    let backend = &store.inner.backend;
    let mut pending = backend
        .list_deliveries(Some(process), Some(id), u32::MAX)
        .await?;
    pending.retain(|row| row.tenant == tenant);
    let pending: Vec<_> = pending.into_iter().map(PendingCommand::from).collect();
    let mut timers = backend
        .list_timers(Some(process), Some(id), u32::MAX)
        .await?;
    timers.retain(|row| row.tenant == tenant);
    let parked = parked_of(&store, process, id).await?;
    let now = backend.ends().await?.now;
    // What became of a command is known by its event, also where it was pending just now.
    let events = store.stream(&StreamId::new(process, id)).all().await?;
    Ok(Story {
        instance,
        now,
        entries: tell(events, &pending)?,
        pending,
        timers: timers.into_iter().map(WaitingTimer::from).collect(),
        parked: parked.into_iter().map(ParkedEvent::from).collect(),
    })
}

/// What was found so far in the stream of an instance.
#[derive(Default)]
struct Found {
    steps: u64,
    state: Option<Value>,
    /// The commands that were sent, by the ids of their events.
    commands: HashMap<Uuid, Sent>,
    fates: HashMap<Uuid, Fate>,
    is_cancelled: bool,
}

struct Sent {
    version: Version,
    name: String,
    to: String,
}

fn tell(events: Vec<RecordedEvent>, pending: &[PendingCommand]) -> Result<Vec<Entry>, Error> {
    let mut found = Found::default();
    let mut entries = Vec::with_capacity(events.len());
    for event in events {
        let what = found.next(&event)?;
        entries.push(Entry { event, what });
    }
    for Entry { event, what } in &mut entries {
        if let What::Sent { fate, .. } = what {
            let recorded = event.recorded();
            let mut pending = pending.iter();
            let waiting = pending.find(|of| of.version == recorded.version());
            *fate = match (found.fates.get(&recorded.event_id()), waiting) {
                (Some(fate), _) => *fate,
                (None, Some(waiting)) if waiting.parked_at.is_some() => Fate::Parked,
                (None, None) if found.is_cancelled => Fate::GivenUp,
                (None, _) => Fate::Pending,
            };
        }
    }
    Ok(entries)
}

impl Found {
    fn next(&mut self, event: &RecordedEvent) -> Result<What, Error> {
        if let Some(accepted) = event.decode::<Accepted>()? {
            self.fates.insert(accepted.command_id, Fate::Accepted);
            let command = self.commands.get(&accepted.command_id);
            return Ok(What::Accepted {
                command: command.map(|sent| sent.version),
                name: command.map_or(String::new(), |sent| sent.name.clone()),
                by: command.map_or(String::new(), |sent| sent.to.clone()),
                version: Version::new(accepted.version),
            });
        }
        if let Some(refused) = event.decode::<Refused>()? {
            self.fates.insert(refused.command_id, Fate::Refused);
            let command = self.commands.get(&refused.command_id);
            return Ok(What::Refused {
                command: command.map(|sent| sent.version),
                name: refused.command,
                by: refused.stream,
                refusal: refused.refusal,
            });
        }
        if let Some(cancelled) = event.decode::<Cancelled>()? {
            self.is_cancelled = true;
            return Ok(What::Cancelled { why: cancelled.why });
        }
        match event.recorded().metadata().note() {
            Some(note) => self.noted(event, note),
            None => Ok(What::Other),
        }
    }

    fn noted(&mut self, event: &RecordedEvent, note: &Note) -> Result<What, Error> {
        let recorded = event.recorded();
        if let Some(to) = &note.to {
            let sent = Sent {
                version: recorded.version(),
                name: recorded.event_type().to_owned(),
                to: to.clone(),
            };
            self.commands.insert(recorded.event_id(), sent);
            return Ok(What::Sent {
                to: to.clone(),
                fate: Fate::Pending,
            });
        }
        if let Some(due_at) = note.due_at(recorded.recorded_at()) {
            return Ok(What::TimerSet { due_at });
        }
        let Some(input) = &note.input else {
            return Ok(What::Other);
        };
        let after: Value = event.json()?;
        let changes = match &self.state {
            Some(before) => Change::between(before, &after),
            None => Vec::new(),
        };
        self.state = Some(after);
        self.steps += 1;
        Ok(What::Step {
            step: self.steps,
            input: input.clone(),
            from: note.from.clone(),
            changes,
            cancelled: note.cancels.clone(),
            is_last: note.is_finished,
        })
    }
}
