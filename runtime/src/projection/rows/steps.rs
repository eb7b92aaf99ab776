//! From the events of a page to what each of them does to which row.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::aggregate::AnyEvent;
use crate::error::Error;
use crate::event::{Recorded, RecordedEvent};
use crate::projection::engine::{Halt, Page, partition_of};
use crate::projection::kept_text::kept_key;
use crate::projection::routes::Routes;
use crate::projection::{Failure, Projection, RowKey, Value};
use crate::store::projections::PartId;

/// What the events of a page do, in their order.
pub(super) struct Steps<P: Projection> {
    pub(super) list: Vec<Step>,
    /// The events as they were read.
    events: Vec<AnyEvent>,
    /// The rows that are concerned, each once.
    pub(super) keys: Vec<Place<P::Key>>,
    /// Why not the whole page is in it.
    pub(super) halt: Option<Halt>,
}

/// One event and one row.
pub(super) struct Step {
    /// The place of the stored event in the page.
    pub(super) at: usize,
    /// The place of the handler.
    pub(super) handler: usize,
    /// The place of the event that was read: one may concern several rows.
    event: usize,
    /// The place of the row's key.
    pub(super) key: usize,
}

/// All that one stored event does to one row, which is done whole or not at all.
pub(super) struct Unit<'a> {
    /// The place of the stored event in the page.
    pub(super) at: usize,
    /// The place of the row's key.
    pub(super) key: usize,
    /// In their order, never none.
    pub(super) steps: Vec<&'a Step>,
}

/// Where a row lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place<K> {
    pub(super) tenant: Arc<str>,
    pub(super) key: K,
}

impl<P: Projection> Steps<P> {
    /// Sorts out what the events do to rows.
    pub(super) fn of(routes: &Routes, events: &[RecordedEvent], scope: Scope<'_>) -> Self {
        let mut steps = Steps {
            list: Vec::with_capacity(events.len()),
            events: Vec::with_capacity(events.len()),
            keys: Vec::new(),
            halt: None,
        };
        let mut places = HashMap::new();
        let (mut routed, mut keys) = (Vec::new(), Vec::new());
        for (at, stored) in events.iter().enumerate() {
            let recorded = stored.recorded();
            let read = routes.read(
                recorded,
                stored.payload(),
                |handler, version, payload| P::HANDLERS[handler].rules.read(version, payload),
                &mut routed,
            );
            if let Err(error) = read {
                steps.halt = Some(Halt::unreadable(recorded, error));
                return steps;
            }
            for routed in routed.drain(..) {
                let event = steps.events.len();
                let rules = P::HANDLERS[routed.handler].rules;
                let named = guard(|| rules.keys(&*routed.event, recorded, &mut keys));
                steps.events.push(routed.event);
                if let Err(failure) = named {
                    let error = Error::unhandled(recorded, P::NAME, &failure);
                    steps.halt = Some(Halt::unreadable(recorded, error));
                    return steps;
                }
                for key in keys.drain(..) {
                    let tenant = Arc::clone(recorded.tenant_name());
                    let key = key.kept();
                    if !scope.holds::<P>(&tenant, &key) {
                        continue;
                    }
                    let next = steps.keys.len();
                    let place = Place { tenant, key };
                    let key = *places.entry(place).or_insert_with_key(|place| {
                        steps.keys.push(place.clone());
                        next
                    });
                    steps.list.push(Step {
                        at,
                        handler: routed.handler,
                        event,
                        key,
                    });
                }
            }
        }
        steps
    }

    /// The steps, event by event and row by row.
    pub(super) fn units(&self) -> Vec<Unit<'_>> {
        let mut units: Vec<Unit<'_>> = Vec::with_capacity(self.list.len());
        for step in &self.list {
            let of_event = units.iter_mut().rev();
            let mut of_event = of_event.take_while(|unit| unit.at == step.at);
            match of_event.find(|unit| unit.key == step.key) {
                Some(unit) => unit.steps.push(step),
                None => units.push(Unit {
                    at: step.at,
                    key: step.key,
                    steps: vec![step],
                }),
            }
        }
        units
    }

    /// What a step is about.
    pub(super) fn event(&self, step: &Step) -> &(dyn Any + Send + Sync) {
        &*self.events[step.event]
    }
}

/// Which rows are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    /// Those of a partition; `None` for those of all.
    part: Option<&'a PartId>,
    only: Option<&'a str>,
}

impl<'a> Scope<'a> {
    pub(super) const ALL: Scope<'static> = Scope {
        part: None,
        only: None,
    };

    pub(super) fn of(page: &Page<'a>) -> Self {
        Scope {
            part: Some(page.part),
            only: page.only,
        }
    }

    fn holds<P: Projection>(&self, tenant: &Arc<str>, key: &P::Key) -> bool {
        let part = self.part.filter(|_| P::PARTITIONS > 1);
        if part.is_none() && self.only.is_none() {
            return true;
        }
        let text = key_name(key);
        self.only.is_none_or(|only| only == text)
            && part.is_none_or(|part| partition_of(tenant, &text, P::PARTITIONS) == part.partition)
    }
}

/// The words by which a key is known where it is not a value. One that no database keeps is known by the reason, and fails
/// later.
pub(super) fn key_name<K: RowKey>(key: &K) -> String {
    let text = key.to_values().map(|values| key_text(&values));
    text.unwrap_or_else(|reason| reason)
}

/// A key in words that tell keys apart: the value itself, or a list of the values in JSON; of long ones a hash.
pub(crate) fn key_text(key: &[Value]) -> String {
    kept_key(match key {
        [one] => value_text(one),
        several => {
            let several: Vec<_> = several.iter().map(value_text).collect();
            serde_json::Value::from(several).to_string()
        }
    })
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) | Value::Json(value) => value.clone(),
        Value::Uuid(value) => value.to_string(),
        Value::Timestamp(value) => value.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        Value::Date(value) => value.to_string(),
        Value::Bytes(value) => format!("{value:02x?}"),
    }
}

/// Runs a handler, of which a panic is a failure like others.
pub(crate) fn guard<T>(handler: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What a handler can leave half done is dropped with the failure.
    catch_unwind(AssertUnwindSafe(handler)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

/// The failure that a panic is.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Failure::new(format_args!(
        "it panicked: {}",
        text.unwrap_or("without a message")
    ))
}

impl Halt {
    /// Why a partition ends before an event that cannot be read.
    pub(crate) fn unreadable(recorded: &Recorded, error: Error) -> Self {
        let position = recorded.position().to_i64();
        match error.kind() {
            crate::error::ErrorKind::NewerEvent => Halt::Newer { position, error },
            _ => Halt::Stop { position, error },
        }
    }

    /// The position before which a partition ends.
    pub(crate) fn position(&self) -> i64 {
        match self {
            Halt::Stop { position, .. } | Halt::Newer { position, .. } => *position,
            Halt::Again(trouble) => trouble.position,
        }
    }
}
