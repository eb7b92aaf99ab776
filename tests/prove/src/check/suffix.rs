//! Where a server without a synchronous standby is lost, what is lost with it is the end.

use super::{Evidence, Guarantee, Violation, events_of};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "what a failover lost is a suffix: nothing stays that began after something lost was acknowledged",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let Some(moment) = evidence.lost_at else {
        return Vec::new();
    };
    let calls = || {
        let calls = evidence.history.calls.iter().enumerate();
        calls.filter(|(_, call)| call.began < moment)
    };
    let is_stored = |place: usize| {
        let events = events_of(&evidence.history.calls[place]);
        let mut marks = events.iter().map(|(_, mark, _)| mark);
        marks.any(|mark| evidence.found.marks.contains_key(mark))
    };
    let lost = calls()
        .filter(|(place, call)| evidence.is_effective(call) && !is_stored(*place))
        .min_by_key(|(_, call)| call.ended);
    let Some((lost, first)) = lost else {
        return Vec::new();
    };
    let later = calls().filter(|(place, call)| Some(call.began) > first.ended && is_stored(*place));
    later
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
