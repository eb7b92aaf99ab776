//! The past stays as it was.

use super::{Evidence, Guarantee, Violation};
use crate::domain::State;
use crate::history::{Answer, Call, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a state of the past is the fold of the events up to that version, or up to that time",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let calls = evidence.history.calls.iter().enumerate();
    calls
        .filter_map(|(place, call)| {
            let Answer::State { state, .. } = call.answer else {
                return None;
            };
            if matches!(call.op, Op::Past { .. } | Op::At { .. }) {
                evidence.count(1);
            }
            match &call.op {
                Op::Past { stream, version } => {
                    by_version(evidence, place, stream, *version, state)
                }
                Op::At { stream, time } => by_time(evidence, place, call, (stream, *time), state),
                _ => None,
            }
        })
        .collect()
}

fn by_version(
    evidence: &Evidence<'_>,
    place: usize,
    stream: &str,
    version: i64,
    state: State,
) -> Option<Violation> {
    let known = evidence.known_before(stream, evidence.history.calls[place].began);
    let least = known.map_or(0, |known| known.version).min(version);
    let is_so = (least..=version).contains(&state.events)
        && evidence.found.state(stream, state.events) == Some(state);
    (!is_so).then(|| Violation {
        what: format!("{stream}: at version {version} it was told to be {state:?}, and at least {least} events were known"),
        calls: known.map(|known| known.by).into_iter().chain([place]).collect(),
        events: evidence.places(stream, version, version),
    })
}

fn by_time(
    evidence: &Evidence<'_>,
    place: usize,
    call: &Call,
    (stream, time): (&str, i64),
    state: State,
) -> Option<Violation> {
    let recorded = evidence
        .found
        .stream(stream)
        .take_while(|event| event.recorded_at <= time);
    let most = recorded.count() as i64;
    let known = evidence.known_before(stream, call.began);
    // What was committed later may have been recorded before that time.
    let least = known.map_or(0, |known| known.version).min(most);
    let is_so = (least..=most).contains(&state.events)
        && evidence.found.state(stream, state.events) == Some(state);
    (!is_so).then(|| Violation {
        what: format!(
            "{stream}: at the time {time} it was told to be {state:?}; {most} events are recorded until then, of which at \
             least {least} were known"
        ),
        calls: known.map(|known| known.by).into_iter().chain([place]).collect(),
        events: evidence.places(stream, least, most.min(least + 4)),
    })
}
