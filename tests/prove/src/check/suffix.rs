//! Where a server without a synchronous standby is lost, what is lost with it is the end.

use super::{Evidence, Guarantee, Violation, events_of};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "what a failover lost is a suffix: nothing stays that began after something lost was acknowledged",
    check,
};

/// What was acknowledged before a failover, and is not stored after it: places of calls, and the number of their events.
pub(crate) fn lost(evidence: &Evidence<'_>, moment: i64) -> (Vec<usize>, usize) {
    let calls = evidence.history.calls.iter().enumerate();
    let lost: Vec<usize> = calls
        .filter(|(_, call)| call.began < moment && evidence.is_effective(call))
        .map(|(place, _)| place)
        .filter(|&place| !is_stored(evidence, place))
        .collect();
    let calls = &evidence.history.calls;
    let events = lost.iter().map(|&place| events_of(&calls[place]).len());
    let events = events.sum();
    (lost, events)
}

fn is_stored(evidence: &Evidence<'_>, place: usize) -> bool {
    let events = events_of(&evidence.history.calls[place]);
    let mut marks = events.iter().map(|(_, mark, _)| mark);
    marks.any(|mark| evidence.found.marks.contains_key(mark))
}

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let Some(moment) = evidence.failed_over else {
        return Vec::new();
    };
    let calls = &evidence.history.calls;
    let (lost, _) = lost(evidence, moment);
    let Some(lost) = lost.into_iter().min_by_key(|&place| calls[place].ended) else {
        return Vec::new();
    };
    let first = &calls[lost];
    let later = calls.iter().enumerate();
    let later = later.filter(|(_, call)| call.began < moment && Some(call.began) > first.ended);
    later
        .inspect(|_| evidence.count(1))
        .filter(|(place, _)| is_stored(evidence, *place))
        .map(|(place, call)| Violation {
            what: format!(
                "{} is lost, and {}, which began later, is stored",
                first.mark(),
                call.mark()
            ),
            calls: vec![lost, place],
            events: Vec::new(),
        })
        .collect()
}
