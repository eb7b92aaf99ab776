//! The steps of an instance, by what it reacts to, whoever stores them.

use std::any::Any;

use super::input::{On, StoredRefusal, StoredTimer, TimerRules, Unstepped};
use super::instance::Instance;
use super::record::Cause;
use super::{Process, Refused};
use crate::append::Limits;
use crate::error::Error;
use crate::event::{Recorded, RecordedEvent};
use crate::projection::Failure;
use crate::store::processes::DueTimer;
use crate::stream::StreamId;

impl<P: Process> Instance<P> {
    /// Reacts to an event, by its place in the table of inputs.
    pub(super) fn take_event(
        &mut self,
        input: usize,
        event: &dyn Any,
        recorded: &Recorded,
        limits: &Limits,
    ) -> Result<(), Unstepped> {
        let On::Event { lineage, rules, .. } = &P::INPUTS[input].0 else {
            return Ok(());
        };
        let cause = Cause::event(recorded, lineage.name);
        self.step(&cause, limits, |state, out| {
            rules
                .react(state, event, recorded, out)
                .map_err(Unstepped::Failed)
        })
    }

    /// Reacts to the refusal of one of its commands, by its place in the table of inputs.
    ///
    /// # Errors
    /// Where what is recorded of the refusal contradicts itself.
    pub(super) fn take_refusal(
        &mut self,
        input: usize,
        refused: &Refused,
        command: &RecordedEvent,
        recorded: &Recorded,
        limits: &Limits,
    ) -> Result<Result<(), Unstepped>, Error> {
        let On::Rejected {
            aggregate, rules, ..
        } = &P::INPUTS[input].0
        else {
            return Ok(Ok(()));
        };
        let Some(target) = StreamId::of_name(&refused.stream, aggregate) else {
            let what = format!("event {} names no stream of it", recorded.version());
            return Err(Error::corrupt(recorded.stream(), what));
        };
        let cause = Cause::event(recorded, &format!("{} refused", refused.command));
        Ok(self.step(&cause, limits, |state, out| {
            let Some(state) = state else {
                return Ok(None);
            };
            let stored = StoredRefusal {
                command,
                refusal: &refused.refusal,
                aggregate: target,
                recorded,
            };
            rules.rejected(state, stored, out).map(Some)
        }))
    }

    /// Reacts to a timer that is due, which is over with that.
    pub(super) fn take_timer(
        &mut self,
        timer: &DueTimer,
        limits: &Limits,
    ) -> Result<(), Unstepped> {
        let name = &timer.place.name;
        let Some(rules) = rules_of_timer::<P>(name) else {
            return Err(Unstepped::Failed(Failure::new(
                "no method of the process reacts to it any more",
            )));
        };
        let cause = Cause::timer(timer.content.recorded(), name);
        // Before the step, which may set it anew.
        self.record.consume(name);
        let stepped = self.step(&cause, limits, |state, out| {
            let Some(state) = state else {
                return Ok(None);
            };
            let stored = StoredTimer {
                content: &timer.content,
                due_at: timer.due_at,
            };
            rules.due(state, stored, out).map(Some)
        });
        if stepped.is_err() {
            self.record.keep(name);
        }
        stepped
    }
}

fn rules_of_timer<P: Process>(name: &str) -> Option<&'static dyn TimerRules<P>> {
    let mut inputs = P::INPUTS.iter();
    inputs.find_map(|input| match &input.0 {
        On::Timer { kind, rules } if kind.lineage.is_named(name) => Some(*rules),
        _ => None,
    })
}
