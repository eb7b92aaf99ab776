//! What the steps of an instance add to its stream, and what else follows from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::out::{Decided, Sent, TimerChange, When};
use crate::append::{
    Appended, Expected, Head, Limits, MetadataColumns, Row, check_name, to_micros, within_years,
};
use crate::error::Error;
use crate::event::{Encoded, Lineage, Recorded};
use crate::metadata::{Metadata, Note};
use crate::store::processes::{DeliveryPlace, InstancePlace, NewDelivery, NewTimer, TimerPlace};
use crate::stream::StreamId;

/// What a step is taken on account of.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    /// Of the event, the refusal or the timer.
    pub(super) id: Uuid,
    /// Its stored name.
    pub(super) input: String,
    /// Where it is stored; `None` for a timer.
    from: Option<String>,
    correlation: Option<String>,
    actor: Option<String>,
}

impl Cause {
    /// An event, under the name that messages give it.
    pub(super) fn event(recorded: &Recorded, name: &str) -> Self {
        Cause {
            from: Some(recorded.stream().to_string()),
            ..Cause::timer(recorded, name)
        }
    }

    /// A timer, by the event that it was set with.
    pub(super) fn timer(recorded: &Recorded, name: &str) -> Self {
        let metadata = recorded.metadata();
        Cause {
            id: recorded.event_id(),
            input: name.to_owned(),
            from: None,
            correlation: metadata.correlation().map(str::to_owned),
            actor: metadata.actor().map(str::to_owned),
        }
    }

    /// The metadata of what follows. What belongs to no conversation yet begins one.
    fn metadata(&self, stream: &StreamId) -> Metadata {
        let correlation = self.correlation.clone();
        let correlation = correlation.unwrap_or_else(|| stream.to_string());
        let metadata = Metadata::new()
            .with_correlation(correlation)
            .with_causation(self.id.to_string());
        match &self.actor {
            Some(actor) => metadata.with_actor(actor),
            None => metadata,
        }
    }
}

/// What one instance decided in a page.
#[derive(Debug, Default)]
pub(super) struct Record {
    rows: Vec<Row>,
    /// How many rows there are, also after they were handed over.
    len: usize,
    /// The place of the last state among the rows.
    state_at: usize,
    deliveries: Vec<Pending>,
    /// What becomes of the timer of a name: the place of its row, and when it is due; `None` where it is cancelled.
    timers: BTreeMap<String, Option<(usize, When)>>,
}

#[derive(Debug)]
struct Pending {
    /// The place of the command among the rows.
    at: usize,
    command_id: Uuid,
    /// The stored name of the command.
    command: String,
    to: StreamId,
}

/// What becomes of an instance once its record is stored.
#[derive(Debug, Default)]
pub(super) struct Consequences {
    pub(super) set: Vec<NewTimer>,
    pub(super) dropped: Vec<TimerPlace>,
    pub(super) deliveries: Vec<NewDelivery>,
}

impl Record {
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a step, whole or not at all.
    ///
    /// # Errors
    /// Where something of it cannot be stored.
    pub(super) fn add(
        &mut self,
        stream: &StreamId,
        cause: &Cause,
        state: Encoded,
        decided: Decided,
        limits: &Limits,
    ) -> Result<(), Error> {
        let metadata = cause.metadata(stream);
        let mut rows = Vec::with_capacity(1 + decided.sent.len() + decided.timers.len());
        let first = self.len;
        let mut row = |encoded: Encoded, note: Note| {
            let columns = MetadataColumns::of(stream, metadata.clone().with_note(note), limits)?;
            let id = Uuid::now_v7();
            rows.push(Row::new(stream, id, encoded, &columns, None, limits)?);
            Ok::<_, Error>((first + rows.len() - 1, id))
        };
        let note = Note {
            input: Some(cause.input.clone()),
            from: cause.from.clone(),
            is_finished: decided.is_finished,
            cancels: cancels(&decided.timers),
            ..Note::default()
        };
        let (state_at, _) = row(state, note)?;
        let mut deliveries = Vec::with_capacity(decided.sent.len());
        for Sent { to, command } in decided.sent {
            check_name(&to)?;
            let note = Note {
                to: Some(to.to_string()),
                ..Note::default()
            };
            let name = command.event_type.to_string();
            let (at, command_id) = row(command, note)?;
            deliveries.push(Pending {
                at,
                command_id,
                command: name,
                to,
            });
        }
        let mut timers = Vec::with_capacity(decided.timers.len());
        for change in decided.timers {
            match change {
                TimerChange::Cancel { lineage } => timers.push((lineage, None)),
                TimerChange::Set {
                    lineage,
                    content,
                    when,
                } => {
                    let (at, _) = row(content, when.note())?;
                    timers.push((lineage, Some((at, when))));
                }
            }
        }
        self.len += rows.len();
        self.rows.append(&mut rows);
        self.state_at = state_at;
        self.deliveries.append(&mut deliveries);
        for (lineage, change) in timers {
            self.change_timer(lineage, change);
        }
        Ok(())
    }

    /// Forgets a timer that was reacted to, or that concerns nobody any more.
    pub(super) fn consume(&mut self, name: &str) {
        self.timers.insert(name.to_owned(), None);
    }

    /// Leaves a timer as it was: nothing came of reacting to it.
    pub(super) fn keep(&mut self, name: &str) {
        self.timers.remove(name);
    }

    /// Whether a step has set or cancelled a timer.
    pub(super) fn has_changed_timer(&self, name: &str) -> bool {
        self.timers.contains_key(name)
    }

    fn change_timer(&mut self, lineage: &Lineage, change: Option<(usize, When)>) {
        for alias in lineage.aliases {
            self.timers.insert((*alias).to_owned(), None);
        }
        self.timers.insert(lineage.name.to_owned(), change);
    }

    /// What is to be appended to the stream.
    pub(super) fn head(&mut self, stream: StreamId) -> Head {
        Head {
            stream,
            expected: Expected::Any,
            seen: None,
            keys: Vec::new(),
            rows: std::mem::take(&mut self.rows),
        }
    }

    /// The place in the stream of the last state.
    pub(super) fn state_version(&self, appended: &Appended) -> i64 {
        self.version(appended, self.state_at)
    }

    fn version(&self, appended: &Appended, at: usize) -> i64 {
        let after = self.len - 1 - at;
        appended.version.to_i64() - i64::try_from(after).unwrap_or(i64::MAX)
    }

    /// What follows from what was appended; `None` where only timers are to be forgotten.
    pub(super) fn consequences(
        &self,
        place: &InstancePlace,
        partition: u32,
        appended: Option<&Appended>,
    ) -> Consequences {
        let (tenant, instance) = place;
        let mut all = Consequences::default();
        for (name, change) in &self.timers {
            match (change, appended) {
                (Some((at, when)), Some(appended)) => all.set.push(NewTimer {
                    tenant: Arc::clone(tenant),
                    instance: instance.clone(),
                    name: name.clone(),
                    partition,
                    version: self.version(appended, *at),
                    due_at: when
                        .note()
                        .due_at(appended.recorded_at.unwrap_or_default())
                        .unwrap_or_default(),
                }),
                _ => all.dropped.push(TimerPlace {
                    tenant: Arc::clone(tenant),
                    instance: instance.clone(),
                    name: name.clone(),
                }),
            }
        }
        let Some(appended) = appended else {
            return all;
        };
        all.deliveries
            .extend(self.deliveries.iter().map(|pending| NewDelivery {
                place: DeliveryPlace {
                    tenant: Arc::clone(tenant),
                    instance: instance.clone(),
                    version: self.version(appended, pending.at),
                },
                partition,
                command_id: pending.command_id,
                command: pending.command.clone(),
                aggregate: pending.to.category().to_owned(),
                target: pending.to.to_string(),
            }));
        all
    }
}

impl When {
    fn note(self) -> Note {
        match self {
            When::After(delay) => Note {
                after_ms: Some(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)),
                ..Note::default()
            },
            When::At(time) => Note {
                at: Some(to_micros(within_years(time))),
                ..Note::default()
            },
        }
    }
}

/// The names of the timers that a step cancels.
fn cancels(timers: &[TimerChange]) -> Vec<String> {
    let cancelled = timers.iter().filter_map(|change| match change {
        TimerChange::Cancel { lineage } => Some(lineage.name.to_owned()),
        TimerChange::Set { .. } => None,
    });
    cancelled.collect()
}
