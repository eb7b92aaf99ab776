use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ListedInstance, PendingCommand, WaitingTimer};
use crate::app::App;
use crate::append::check_tenant;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::process::{Accepted, Cancelled, Refused};
use crate::projection::parked::ParkedEvent;
use crate::store::Store;
use crate::store::processes::InstanceFilter;
use crate::stream::{StreamId, Version};

/// All that is known of an instance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Story {
    /// Where it stands.
    pub instance: ListedInstance,
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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The instance reacted to something; the event holds the state after that.
    Step {
        /// To what: the stored name of an event or of a timer, or of a command with the word `refused`.
        input: String,
        /// The stream in which that is stored; `None` for a timer.
        from: Option<String>,
        /// The timers that were cancelled.
        cancelled: Vec<String>,
        /// Whether it was the last step.
        is_last: bool,
    },
    /// It sent a command, which the event holds.
    Sent {
        /// The stream of the aggregate.
        to: String,
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
        /// Where the stream of the aggregate stands after it.
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

/// Tells the story of an instance, event by event.
///
/// # Errors
/// Where there is no such instance, an event of its stream cannot be read, or the database fails.
pub async fn show(app: &App, process: &str, tenant: &str, id: &str) -> Result<Story, Error> {
    check_tenant(tenant)?;
    let store = app.open_to_look().await?.tenant(tenant);
    let instance = find(&store, process, id).await?;
    let backend = &store.inner.backend;
    let of_tenant = |other: &str| other == tenant;
    let events = store.stream(&StreamId::new(process, id)).all().await?;
    let mut commands = HashMap::new();
    let mut entries = Vec::with_capacity(events.len());
    for event in events {
        let what = what(&event, &mut commands)?;
        entries.push(Entry { event, what });
    }
    let pending = backend
        .list_deliveries(Some(process), Some(id), u32::MAX)
        .await?;
    let timers = backend
        .list_timers(Some(process), Some(id), u32::MAX)
        .await?;
    let parked = backend.parked(Some(process), u32::MAX).await?;
    Ok(Story {
        instance,
        entries,
        pending: pending
            .into_iter()
            .filter(|row| of_tenant(&row.tenant))
            .map(PendingCommand::from)
            .collect(),
        timers: timers
            .into_iter()
            .filter(|row| of_tenant(&row.tenant))
            .map(WaitingTimer::from)
            .collect(),
        parked: parked
            .into_iter()
            .filter(|row| of_tenant(&row.tenant) && row.key == id)
            .map(ParkedEvent::from)
            .collect(),
    })
}

/// Where an instance of the store's tenant stands.
///
/// # Errors
/// Where there is none.
pub(super) async fn find(store: &Store, process: &str, id: &str) -> Result<ListedInstance, Error> {
    let filter = InstanceFilter {
        process: Some(process),
        id: Some(id),
        ..InstanceFilter::default()
    };
    let found = store.inner.backend.list_instances(filter, u32::MAX).await?;
    let mut found = found.into_iter();
    match found.find(|row| row.tenant == store.tenant_name()) {
        Some(row) => Ok(row.into()),
        None => Err(Error::new(
            ErrorKind::NotFound,
            format!("process `{process}` has no instance `{id}`"),
        )
        .with_hint("see `process list`; an instance of a tenant is found with `--tenant`")),
    }
}

fn what(
    event: &RecordedEvent,
    commands: &mut HashMap<Uuid, (Version, String)>,
) -> Result<What, Error> {
    let recorded = event.recorded();
    if let Some(accepted) = event.decode::<Accepted>()? {
        let command = commands.get(&accepted.command_id);
        return Ok(What::Accepted {
            command: command.map(|(version, _)| *version),
            name: command.map_or(String::new(), |(_, name)| name.clone()),
            version: Version::new(accepted.version),
        });
    }
    if let Some(refused) = event.decode::<Refused>()? {
        return Ok(What::Refused {
            command: commands
                .get(&refused.command_id)
                .map(|(version, _)| *version),
            name: refused.command,
            by: refused.stream,
            refusal: refused.refusal,
        });
    }
    if let Some(cancelled) = event.decode::<Cancelled>()? {
        return Ok(What::Cancelled { why: cancelled.why });
    }
    let Some(note) = recorded.metadata().note() else {
        return Ok(What::Other);
    };
    if let Some(to) = &note.to {
        let name = recorded.event_type().to_owned();
        commands.insert(recorded.event_id(), (recorded.version(), name));
        return Ok(What::Sent { to: to.clone() });
    }
    if let Some(due_at) = note.due_at(recorded.recorded_at()) {
        return Ok(What::TimerSet { due_at });
    }
    Ok(match &note.input {
        Some(input) => What::Step {
            input: input.clone(),
            from: note.from.clone(),
            cancelled: note.cancels.clone(),
            is_last: note.is_finished,
        },
        None => What::Other,
    })
}
