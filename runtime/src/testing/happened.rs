use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::event::{Event, RecordedEvent};
use crate::json::is_same_json;
use crate::process::Rehearsed;
use crate::store::processes::DueTimer;

/// What came of the last thing that came to a process, as far as nobody has looked at it.
#[derive(Debug, Default)]
pub(super) struct Happened {
    /// What came, in words; `None` where nothing has come.
    pub(super) after: Option<String>,
    pub(super) steps: usize,
    pub(super) failures: VecDeque<String>,
    pub(super) commands: VecDeque<(String, RecordedEvent)>,
    pub(super) timers: Vec<DueTimer>,
    pub(super) cancelled: Vec<String>,
    pub(super) is_finished: bool,
}

impl Happened {
    pub(super) fn after(what: String) -> Self {
        Happened {
            after: Some(what),
            ..Happened::default()
        }
    }

    pub(super) fn add(&mut self, step: Rehearsed) {
        self.steps += 1;
        self.commands.extend(step.commands);
        self.timers.extend(step.timers);
        self.cancelled.extend(step.cancelled);
        self.is_finished |= step.is_finished;
    }

    /// All that is left, a line each.
    pub(super) fn left(&self) -> Vec<String> {
        let failures = self.failures.iter().map(|why| format!("failed: {why}"));
        let commands = self.commands().into_iter();
        let commands = commands.map(|shown| format!("sends {shown}"));
        let timers = self.timers().into_iter();
        let timers = timers.map(|shown| format!("sets {shown}"));
        let cancelled = self.cancelled.iter().map(|name| format!("cancels {name}"));
        let finishes = self.is_finished.then(|| "finishes".to_owned());
        let all = failures.chain(commands).chain(timers);
        all.chain(cancelled).chain(finishes).collect()
    }

    pub(super) fn commands(&self) -> Vec<String> {
        let all = self.commands.iter();
        all.map(|(to, command)| format!("{} to {to}", shown(command)))
            .collect()
    }

    pub(super) fn timers(&self) -> Vec<String> {
        self.timers.iter().map(shown_timer).collect()
    }
}

/// A stored event in a message, as its name and its JSON.
fn shown(stored: &RecordedEvent) -> String {
    let name = stored.recorded().event_type();
    format!("{name} {}", String::from_utf8_lossy(stored.payload()))
}

pub(super) fn shown_timer(timer: &DueTimer) -> String {
    let (timer, due_at, after) = (shown(&timer.content), timer.due_at, set_for(timer));
    match after.to_std() {
        Ok(after) => format!("{timer} due at {due_at}, {after:?} after the step"),
        Err(_) => format!("{timer} due at {due_at}, before the step"),
    }
}

/// How long after the step that set it a timer is due.
pub(super) fn set_for(timer: &DueTimer) -> TimeDelta {
    timer.due_at - timer.content.recorded().recorded_at()
}

/// Whether a stored event is one of this type and this JSON.
pub(super) fn is_same<E: Event>(stored: &RecordedEvent, json: &str) -> bool {
    E::LINEAGE.is_named(stored.recorded().event_type())
        && std::str::from_utf8(stored.payload())
            .is_ok_and(|payload| is_same_json(payload, json, E::SHAPE))
}
