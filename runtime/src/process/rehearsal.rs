//! An instance that takes its steps without a store: what a page and its transaction do, done to values in memory.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::arrived::{What, inputs_of_events, one};
use super::deliverer::what_follows;
use super::input::{On, Unstepped};
use super::instance::Instance;
use super::{Process, Refused};
use crate::aggregate::{Aggregate, Command};
use crate::append::{Appended, Limits, Row};
use crate::event::{Encoded, Event, Recorded, RecordedEvent, decode, encode};
use crate::metadata::Metadata;
use crate::projection::Routed;
use crate::store::processes::{DueTimer, FoundInstance, InstancePlace, NewDelivery, TimerPlace};
use crate::stream::{Position, StreamId, Version};

/// What a store keeps where nothing else is said; and each event is read back.
const LIMITS: Limits = Limits {
    payload_bytes: 1 << 20,
    refuse_nul: false,
    verify_events: true,
    drafts: true,
};

/// One instance of process `P`, and what is kept of it.
#[derive(Debug)]
pub(crate) struct Rehearsal<P> {
    /// `None` where it is not known yet which one it is.
    id: Option<String>,
    found: Option<FoundInstance>,
    /// The stream of the instance.
    stream: Vec<RecordedEvent>,
    timers: BTreeMap<String, DueTimer>,
    deliveries: Vec<NewDelivery>,
    position: u64,
    /// How many events there are in the streams of others.
    versions: HashMap<StreamId, u64>,
    process: PhantomData<fn() -> P>,
}

/// A step that was taken.
#[derive(Debug, Default)]
pub(crate) struct Rehearsed {
    /// The commands that were sent, each with the stream of its aggregate.
    pub(crate) commands: Vec<(String, RecordedEvent)>,
    /// The timers that were set.
    pub(crate) timers: Vec<DueTimer>,
    /// The names of the timers that were cancelled.
    pub(crate) cancelled: Vec<String>,
    pub(crate) is_finished: bool,
}

/// Why no step was taken.
#[derive(Debug)]
pub(crate) enum Unrehearsed {
    /// It cannot happen in a rehearsal of this instance.
    Misfit(String),
    /// The process failed.
    Failed(String),
}

/// `None` where nothing was there that could take a step.
pub(crate) type Stepped = Result<Option<Rehearsed>, Unrehearsed>;

impl<P: Process> Rehearsal<P> {
    pub(crate) fn new() -> Self {
        Rehearsal {
            id: None,
            found: None,
            stream: Vec::new(),
            timers: BTreeMap::new(),
            deliveries: Vec::new(),
            position: 0,
            versions: HashMap::new(),
            process: PhantomData,
        }
    }

    /// Says which instance it is.
    pub(crate) fn name(&mut self, id: String) {
        self.id = Some(id);
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The state after the last step; `None` where there was none.
    ///
    /// # Errors
    /// Where it does not read back, in words.
    pub(crate) fn state(&self) -> Result<Option<P>, String> {
        let Some(found) = &self.found else {
            return Ok(None);
        };
        let RecordedEvent { recorded, payload } = &found.state;
        decode(recorded.schema_version, payload)
            .map(Some)
            .map_err(|misfit| format!("the state does not read back: {misfit:?}"))
    }

    /// When the next timer is due.
    pub(crate) fn next_due(&self) -> Option<DateTime<Utc>> {
        self.timers.values().map(|timer| timer.due_at).min()
    }

    /// An event happens. `None` where it concerns no instance that is there.
    ///
    /// # Errors
    /// Where it concerns another instance, or the process fails.
    pub(crate) fn event<E: Event>(
        &mut self,
        stream: &StreamId,
        event: &E,
        now: DateTime<Utc>,
        metadata: &Metadata,
    ) -> Stepped {
        let name = E::NAME;
        let events = inputs_of_events::<P>();
        let of_type = |input: &usize| match &P::INPUTS[*input].0 {
            On::Event { event, .. } => event() == TypeId::of::<E>(),
            On::Rejected { .. } | On::Timer { .. } => false,
        };
        let Some(handler) = events.iter().position(of_type) else {
            let (process, of) = (P::TYPE, E::TYPE);
            return Err(misfit(format_args!(
                "process `{process}` has no method for event `{of}` (`{name}`)"
            )));
        };
        let encoded = encode(event).map_err(|unstorable| {
            let reason = unstorable.reason;
            misfit(format_args!("event `{name}` cannot be stored: {reason}"))
        })?;
        let version = self.versions.entry(stream.clone()).or_default();
        *version += 1;
        let version = *version;
        let stored = self.recorded(stream, version, encoded, now, metadata.clone());
        let On::Event { rules, .. } = &P::INPUTS[events[handler]].0 else {
            return Ok(None);
        };
        let read = rules.read(stored.recorded.schema_version, &stored.payload);
        let event = read.map_err(|wrong| {
            misfit(format_args!("event `{name}` does not read back: {wrong:?}"))
        })?;
        let routed = Routed { handler, event };
        let arrived = one::<P>(&events, &stored, routed).map_err(|failure| {
            failed(format_args!(
                "it cannot be said which instance event `{name}` concerns: {failure}"
            ))
        })?;
        let Some((place, What::Event { input, event })) = arrived else {
            return Ok(None);
        };
        let id = self.id.get_or_insert_with(|| place.1.clone());
        if *id != place.1 {
            return Err(misfit(format_args!(
                "event `{name}` concerns instance `{}` of process `{}`, and the scenario is that of `{id}`",
                place.1,
                P::TYPE,
            )));
        }
        self.step(now, |instance| {
            instance
                .take_event(input, &*event, &stored.recorded, &LIMITS)
                .map_err(of_step)
        })
    }

    /// The last command `C` that went to the aggregate `A`, and to this stream of it where one is named, comes back
    /// refused. `None` where that concerns nobody any more.
    ///
    /// # Errors
    /// Where no such command is on the way, or the process fails.
    pub(crate) fn refusal<A: Aggregate, C: Command>(
        &mut self,
        to: Option<&StreamId>,
        refusal: String,
        now: DateTime<Utc>,
    ) -> Stepped {
        let is_asked_for = |delivery: &NewDelivery| {
            delivery.aggregate == A::NAME
                && C::LINEAGE.is_named(&delivery.command)
                && to.is_none_or(|to| to.as_str() == delivery.target)
        };
        let Some(at) = self.deliveries.iter().rposition(is_asked_for) else {
            let to = to.map_or_else(|| A::NAME.to_owned(), ToString::to_string);
            let all: Vec<_> = self.deliveries.iter().map(shown).collect();
            return Err(misfit(format_args!(
                "no command `{}` is on its way to `{to}` that could be refused\n  on the way: {all:#?}",
                C::TYPE
            )));
        };
        let delivery = self.deliveries.remove(at);
        let sent = usize::try_from(delivery.place.version - 1).unwrap_or_default();
        let command = self.stream[sent].clone();
        let refused = Refused {
            command_id: delivery.command_id,
            command_version: command.recorded.version.get(),
            command: delivery.command,
            aggregate: delivery.aggregate,
            stream: delivery.target,
            refusal,
        };
        let encoded = encode(&refused).map_err(|wrong| failed(wrong.reason))?;
        let place = delivery.place.instance;
        let stream = StreamId::new(P::PROCESS, &place);
        let version = self.stream.len() as u64 + 1;
        let metadata = what_follows(&command.recorded);
        let stored = self.recorded(&stream, version, encoded, now, metadata);
        self.stream.push(stored.clone());
        let events = inputs_of_events::<P>();
        let routed = Routed {
            // What comes after the events.
            handler: events.len(),
            event: crate::aggregate::any_event(refused),
        };
        let arrived = one::<P>(&events, &stored, routed).map_err(failed)?;
        let Some((_, What::Refusal { input, refused })) = arrived else {
            return Err(misfit(format_args!(
                "process `{}` has no method for the refusal of command `{}` by `{}`",
                P::TYPE,
                C::TYPE,
                A::NAME
            )));
        };
        self.step(now, |instance| {
            if !instance.is_running() {
                return Ok(());
            }
            instance
                .take_refusal(input, &refused, &command, &stored.recorded, &LIMITS)
                .map_err(failed)?
                .map_err(of_step)
        })
    }

    /// The timers that are due, those first that were due first.
    pub(crate) fn due_timers(&self, now: DateTime<Utc>) -> Vec<DueTimer> {
        let due = self.timers.values().filter(|timer| timer.due_at <= now);
        let mut due: Vec<_> = due.cloned().collect();
        due.sort_by_key(|timer| timer.due_at);
        due
    }

    /// A timer that was due comes due, unless a step has set or cancelled it meanwhile. It is over with that, whether
    /// the process fails or not.
    ///
    /// # Errors
    /// Where the process fails.
    pub(crate) fn timer(&mut self, due: &DueTimer, now: DateTime<Utc>) -> Stepped {
        let name = &due.place.name;
        let version = |timer: &DueTimer| timer.content.recorded.version;
        if self.timers.get(name).map(version) != Some(version(due)) {
            return Ok(None);
        }
        self.timers.remove(name);
        self.step(now, |instance| {
            instance.take_timer(due, &LIMITS).map_err(of_step)
        })
    }

    /// Takes a step, and keeps what a store would keep of it.
    fn step(
        &mut self,
        now: DateTime<Utc>,
        take: impl FnOnce(&mut Instance<P>) -> Result<(), Unrehearsed>,
    ) -> Stepped {
        let place: InstancePlace = (Arc::from(""), self.id.clone().unwrap_or_default());
        let mut instance = Instance::<P>::new(place.clone());
        if let Some(found) = &self.found {
            instance.found(found.clone());
        }
        take(&mut instance)?;
        if instance.record.is_empty() {
            return Ok(None);
        }
        let stream = instance.stream().clone();
        let head = instance.record.head(stream.clone());
        let first = self.stream.len();
        for row in head.rows {
            let stored = self.row(&stream, row, now)?;
            self.stream.push(stored);
        }
        let positions = self.stream[first..].iter();
        let appended = Appended {
            stream,
            version: Version::new(self.stream.len() as u64),
            positions: positions.map(|event| event.recorded.position).collect(),
            recorded_at: Some(now),
        };
        let all = instance
            .record
            .consequences(&place, instance.partition, Some(&appended));
        let saved = instance.saved(instance.record.state_version(&appended));
        self.found = Some(FoundInstance {
            tenant: saved.tenant,
            id: saved.id,
            status: saved.status,
            steps: saved.steps,
            state: self.at(saved.state_version).clone(),
        });
        let mut rehearsed = Rehearsed {
            is_finished: instance.is_over(),
            ..Rehearsed::default()
        };
        for TimerPlace { name, .. } in all.dropped {
            self.timers.remove(&name);
        }
        for set in all.set.into_iter().filter(|_| !instance.is_over()) {
            let timer = DueTimer {
                place: TimerPlace {
                    tenant: set.tenant,
                    instance: set.instance,
                    name: set.name.clone(),
                },
                due_at: set.due_at,
                content: self.at(set.version).clone(),
            };
            rehearsed.timers.push(timer.clone());
            self.timers.insert(set.name, timer);
        }
        if instance.is_over() {
            self.timers.clear();
        }
        let cancels = self.stream[first..].iter();
        let cancels = cancels.filter_map(|event| event.recorded.metadata.note());
        rehearsed.cancelled = cancels
            .flat_map(|note| note.cancels.iter().cloned())
            .filter(|name| !self.timers.contains_key(name))
            .collect();
        for mut delivery in all.deliveries {
            let command = self.at(delivery.place.version).clone();
            delivery.command_id = command.recorded.event_id;
            rehearsed.commands.push((delivery.target.clone(), command));
            self.deliveries.push(delivery);
        }
        Ok(Some(rehearsed))
    }

    /// The event at a place in the stream of the instance.
    fn at(&self, version: i64) -> &RecordedEvent {
        &self.stream[usize::try_from(version - 1).unwrap_or_default()]
    }

    fn row(
        &mut self,
        stream: &StreamId,
        row: Row,
        now: DateTime<Utc>,
    ) -> Result<RecordedEvent, Unrehearsed> {
        let Row {
            event_type,
            schema_version,
            payload,
            metadata,
            correlation,
            ..
        } = row;
        let metadata = metadata.as_deref().map(str::as_bytes);
        let metadata = Metadata::from_columns(metadata, correlation.as_deref()).map_err(failed)?;
        let encoded = Encoded {
            event_type,
            schema_version,
            is_draft: false,
            payload,
        };
        let version = self.stream.len() as u64 + 1;
        Ok(self.recorded(stream, version, encoded, now, metadata))
    }

    /// An event as a store hands it out.
    fn recorded(
        &mut self,
        stream: &StreamId,
        version: u64,
        encoded: Encoded,
        now: DateTime<Utc>,
        metadata: Metadata,
    ) -> RecordedEvent {
        self.position += 1;
        RecordedEvent {
            recorded: Recorded {
                tenant: "".into(),
                stream: stream.clone(),
                version: Version::new(version),
                position: Position::new(self.position),
                // The same in each run, and so are the ids that steps make of it.
                event_id: Uuid::from_u128(u128::from(self.position)),
                event_type: encoded.event_type.into(),
                schema_version: encoded.schema_version,
                recorded_at: now,
                occurred_at: now,
                metadata,
            },
            payload: encoded.payload.into_bytes().into(),
        }
    }
}

fn shown(delivery: &NewDelivery) -> String {
    format!("{} to {}", delivery.command, delivery.target)
}

fn misfit(what: impl Display) -> Unrehearsed {
    Unrehearsed::Misfit(what.to_string())
}

fn failed(why: impl Display) -> Unrehearsed {
    Unrehearsed::Failed(why.to_string())
}

fn of_step(unstepped: Unstepped) -> Unrehearsed {
    failed(unstepped.into_failure())
}
