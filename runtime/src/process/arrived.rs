//! From the events of a page to what reaches which instance.

use std::sync::Arc;

use super::input::On;
use super::{Process, Refused};
use crate::aggregate::AnyEvent;
use crate::append::check_name;
use crate::error::Error;
use crate::event::{Recorded, RecordedEvent};
use crate::projection::{Failure, Halt, Page, Routed, Routes, guard, partition_of};
use crate::store::processes::InstancePlace;
use crate::stream::StreamId;

/// Something that concerns an instance.
pub(super) struct Arrived {
    /// The place of the stored event in the page.
    pub(super) at: usize,
    pub(super) place: InstancePlace,
    pub(super) what: What,
}

pub(super) enum What {
    Event {
        /// The place in the table of inputs.
        input: usize,
        event: AnyEvent,
    },
    /// A command of the instance was refused.
    Refusal { input: usize, refused: Refused },
}

/// What of a page concerns the instances of one partition, in order, and why that is not all of the page.
pub(super) fn arrived<P: Process>(
    routes: &Routes,
    page: &Page<'_>,
) -> (Vec<Arrived>, Option<Halt>) {
    let (mut arrived, mut routed) = (Vec::new(), Vec::new());
    let events = inputs_of_events::<P>();
    for (at, stored) in page.events.iter().enumerate() {
        let read = routes.read(
            stored.recorded(),
            stored.payload(),
            |handler, version, payload| match events.get(handler).map(|input| &P::INPUTS[*input].0)
            {
                Some(On::Event { rules, .. }) => rules.read(version, payload),
                _ => crate::event::decode::<Refused>(version, payload)
                    .map(crate::aggregate::any_event),
            },
            &mut routed,
        );
        if let Err(error) = read {
            return (arrived, Some(Halt::unreadable(stored.recorded(), error)));
        }
        for routed in routed.drain(..) {
            match one::<P>(&events, stored, routed) {
                Ok(Some((place, what))) if is_ours::<P>(page, &place) => {
                    arrived.push(Arrived { at, place, what });
                }
                Ok(_) => {}
                Err(failure) => {
                    let recorded = stored.recorded();
                    let error = Error::unhandled(recorded, P::PROCESS, &failure);
                    return (arrived, Some(Halt::unreadable(recorded, error)));
                }
            }
        }
    }
    (arrived, None)
}

/// The places in the table of inputs of those that are events, in their order: that of the routes.
pub(super) fn inputs_of_events<P: Process>() -> Vec<usize> {
    let inputs = P::INPUTS.iter().enumerate();
    let events = inputs.filter(|(_, input)| matches!(input.0, On::Event { .. }));
    events.map(|(place, _)| place).collect()
}

/// Which instance a routed event or refusal concerns, and how; `None` where it concerns none.
pub(super) fn one<P: Process>(
    events: &[usize],
    stored: &RecordedEvent,
    routed: Routed,
) -> Result<Option<(InstancePlace, What)>, Failure> {
    let recorded = stored.recorded();
    let tenant = Arc::clone(recorded.tenant_name());
    let Some(&input) = events.get(routed.handler) else {
        return Ok(refusal::<P>(recorded, routed.event)
            .map(|what| ((tenant, recorded.stream().id().to_owned()), what)));
    };
    let On::Event { rules, .. } = &P::INPUTS[input].0 else {
        return Ok(None);
    };
    let id = guard(|| rules.key(&*routed.event, recorded))?;
    check_name(&StreamId::new(P::PROCESS, &id)).map_err(Failure::new)?;
    let event = routed.event;
    Ok(Some(((tenant, id), What::Event { input, event })))
}

/// The refusal, where it is one of this process, and something reacts to it.
fn refusal<P: Process>(recorded: &Recorded, event: AnyEvent) -> Option<What> {
    if recorded.stream().category() != P::PROCESS {
        return None;
    }
    let refused = *event.downcast::<Refused>().ok()?;
    let input = P::INPUTS.iter().position(|input| match &input.0 {
        On::Rejected {
            aggregate, command, ..
        } => *aggregate == refused.aggregate && command.is_named(&refused.command),
        On::Event { .. } | On::Timer { .. } => false,
    })?;
    Some(What::Refusal { input, refused })
}

fn is_ours<P: Process>(page: &Page<'_>, (tenant, id): &InstancePlace) -> bool {
    partition_of(tenant, id, P::PARTITIONS) == page.part.partition
        && page.only.is_none_or(|only| only == id)
}
