//! The guarantees, each held against what the clients wrote down and what lies in the database.

mod acknowledged;
mod commands;
mod decisions;
mod expected;
mod feed;
mod heads;
mod inline;
mod kept_by_hand;
mod keys;
mod once;
mod order;
mod past;
mod read_models;
mod reads;
mod refused;
mod rows;
mod sent;
mod snapshots;
mod streams;
pub(crate) mod suffix;
mod upcasts;
mod view;
mod whole;

use std::cell::Cell;
use std::collections::HashMap;

use crate::history::{Answer, Call, History, Op};
use crate::stored::Found;

/// What the checks look at.
pub(crate) struct Evidence<'e> {
    pub(crate) history: &'e History,
    pub(crate) found: &'e Found,
    /// By mark: places in `history.calls`.
    pub(crate) by_mark: HashMap<String, usize>,
    /// By stream: who was told, and when, that it had come to a version. In the order in which they were told; the versions
    /// never go down.
    pub(crate) known: HashMap<&'e str, Vec<Known>>,
    /// How many things the check at hand has looked at.
    checked: Cell<usize>,
    /// When a standby took over.
    pub(crate) failed_over: Option<i64>,
    /// Whether it may have been behind.
    pub(crate) may_have_lost: bool,
}

/// Since when a stream was known to have come to a version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) since: i64,
    pub(crate) version: i64,
    /// Place in `history.calls` of who was told.
    pub(crate) by: usize,
}

/// A guarantee that was broken, and what shows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Violation {
    pub(crate) what: String,
    /// Places in `history.calls`.
    pub(crate) calls: Vec<usize>,
    /// Places in `found.events`.
    pub(crate) events: Vec<usize>,
}

/// What is promised, in a sentence, and what finds where it was broken.
pub(crate) struct Guarantee {
    pub(crate) name: &'static str,
    check: fn(&Evidence<'_>) -> Vec<Violation>,
}

/// Every guarantee.
pub(crate) const GUARANTEES: &[Guarantee] = &[
    acknowledged::GUARANTEE,
    refused::GUARANTEE,
    whole::GUARANTEE,
    sent::GUARANTEE,
    once::GUARANTEE,
    streams::GUARANTEE,
    heads::GUARANTEE,
    order::GUARANTEE,
    expected::GUARANTEE,
    decisions::GUARANTEE,
    commands::GUARANTEE,
    keys::GUARANTEE,
    reads::GUARANTEE,
    past::GUARANTEE,
    feed::GUARANTEE,
    read_models::GUARANTEE,
    rows::GUARANTEE,
    inline::GUARANTEE,
    view::GUARANTEE,
    upcasts::GUARANTEE,
    kept_by_hand::GUARANTEE,
    snapshots::GUARANTEE,
];

/// What holds of the store and of all calls, those among them whose events a failover lost.
pub(crate) const OF_A_STORE_AFTER_LOSS: &[Guarantee] = &[
    suffix::GUARANTEE,
    refused::GUARANTEE,
    whole::GUARANTEE,
    sent::GUARANTEE,
    once::GUARANTEE,
    streams::GUARANTEE,
    heads::GUARANTEE,
    order::GUARANTEE,
    decisions::GUARANTEE,
    read_models::GUARANTEE,
    kept_by_hand::GUARANTEE,
    snapshots::GUARANTEE,
];

/// What holds of the calls after a failover that lost events.
pub(crate) const OF_CALLS_AFTER_LOSS: &[Guarantee] = &[
    acknowledged::GUARANTEE,
    expected::GUARANTEE,
    commands::GUARANTEE,
    reads::GUARANTEE,
    past::GUARANTEE,
    feed::GUARANTEE,
    rows::GUARANTEE,
    inline::GUARANTEE,
    view::GUARANTEE,
    upcasts::GUARANTEE,
];

impl Guarantee {
    /// How many things were held against it, and where it was broken.
    pub(crate) fn broken(&self, evidence: &Evidence<'_>) -> (usize, Vec<Violation>) {
        evidence.checked.set(0);
        let violations = (self.check)(evidence);
        (evidence.checked.get(), violations)
    }
}

impl<'e> Evidence<'e> {
    pub(crate) fn of(history: &'e History, found: &'e Found) -> Self {
        let calls = history.calls.iter().enumerate();
        let by_mark = calls.map(|(place, call)| (call.mark(), place)).collect();
        Evidence {
            known: known(history),
            checked: Cell::default(),
            failed_over: None,
            may_have_lost: false,
            by_mark,
            history,
            found,
        }
    }

    /// Counts what a check looks at.
    fn count(&self, things: usize) {
        self.checked.set(self.checked.get() + things);
    }

    /// The call that sent an event.
    pub(crate) fn sender(&self, mark: &str) -> Option<usize> {
        let (call, _) = mark.split_once('/')?;
        self.by_mark.get(call).copied()
    }

    /// Whether events of the call itself were acknowledged: a command with a key may have got the answer of another.
    pub(crate) fn is_effective(&self, call: &Call) -> bool {
        let is_own = match &call.op {
            Op::Command { key, .. } => key.is_none(),
            _ => true,
        };
        is_own && matches!(call.answer, Answer::Stored { .. })
    }

    /// What was the highest version that somebody had been told of a stream before a moment.
    pub(crate) fn known_before(&self, stream: &str, moment: i64) -> Option<Known> {
        let known = self.known.get(stream)?;
        let end = known.partition_point(|known| known.since < moment);
        end.checked_sub(1).map(|at| known[at])
    }

    /// The places in `found.events` of a stream from a version to another.
    pub(crate) fn places(&self, stream: &str, from: i64, to: i64) -> Vec<usize> {
        let places = self.found.streams.get(stream).into_iter().flatten();
        let events = &self.found.events;
        let within = |place: &&usize| (from..=to).contains(&events[**place].version);
        places.filter(within).copied().collect()
    }
}

fn known(history: &History) -> HashMap<&str, Vec<Known>> {
    let mut known: HashMap<&str, Vec<Known>> = HashMap::new();
    let mut add = |stream, since, version, by| {
        let new = Known { since, version, by };
        known.entry(stream).or_default().push(new);
    };
    for (by, call) in history.calls.iter().enumerate() {
        let Some(ended) = call.acknowledged() else {
            continue;
        };
        match (&call.op, &call.answer) {
            (_, Answer::Stored { streams, .. }) => {
                for kept in streams {
                    add(kept.stream.as_str(), ended, kept.version, by);
                }
            }
            (
                Op::Load { stream },
                Answer::State {
                    version: Some(version),
                    ..
                },
            ) => {
                add(stream, ended, *version, by);
            }
            (Op::Command { stream, .. }, Answer::Rejected { seen, .. }) => {
                add(stream, ended, seen.events, by);
            }
            _ => {}
        }
    }
    for told in known.values_mut() {
        told.sort_by_key(|known| known.since);
        for at in 1..told.len() {
            if told[at].version < told[at - 1].version {
                (told[at].version, told[at].by) = (told[at - 1].version, told[at - 1].by);
            }
        }
    }
    known
}

/// The events of a call that appends: stream, mark and amount.
pub(crate) fn events_of(call: &Call) -> Vec<(&str, String, i64)> {
    let mark = call.mark();
    let mut events = Vec::new();
    let mut add = |stream, amount| {
        let mark = crate::domain::mark_of(&mark, events.len());
        events.push((stream, mark, amount));
    };
    match &call.op {
        Op::Append { to, .. } => {
            for wanted in to {
                wanted
                    .amounts
                    .iter()
                    .for_each(|&amount| add(wanted.stream.as_str(), amount));
            }
        }
        Op::Command {
            stream, amounts, ..
        } => {
            amounts
                .iter()
                .for_each(|&amount| add(stream.as_str(), amount));
        }
        _ => {}
    }
    events
}
