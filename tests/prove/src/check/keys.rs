//! A key makes one command take effect, once.

use std::collections::HashMap;

use super::{Evidence, Guarantee, Violation, events_of};
use crate::history::{Answer, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "of all commands with a key one took effect, once, and all were told the same",
    check,
};

/// What was sent with a key: places in the history.
type Sent<'e> = HashMap<(&'e str, &'e str), Vec<usize>>;

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut sent: Sent<'_> = HashMap::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        if let Op::Command {
            stream,
            key: Some(key),
            ..
        } = &call.op
        {
            sent.entry((stream, key)).or_default().push(place);
        }
    }
    evidence.count(sent.len());
    let sent = sent.into_iter();
    sent.filter_map(|((stream, key), calls)| broken(evidence, stream, key, &calls))
        .collect()
}

fn broken(evidence: &Evidence<'_>, stream: &str, key: &str, calls: &[usize]) -> Option<Violation> {
    let about = |what: String, events: Vec<usize>| Violation {
        what: format!("{stream}, key {key}: {what}"),
        calls: calls.to_vec(),
        events,
    };
    let all = &evidence.history.calls;
    let mut effective = Vec::new();
    let mut events = Vec::new();
    for &place in calls {
        let stored: Vec<usize> = events_of(&all[place])
            .iter()
            .filter_map(|(_, mark, _)| evidence.found.marks.get(mark))
            .flatten()
            .copied()
            .collect();
        if !stored.is_empty() {
            effective.push(place);
            events.extend(stored);
        }
    }
    if effective.len() > 1 {
        let marks: Vec<String> = effective.iter().map(|&place| all[place].mark()).collect();
        return Some(about(
            format!("took effect more than once: {marks:?}"),
            events,
        ));
    }
    let answers = || {
        calls.iter().filter(|&&place| {
            matches!(
                all[place].answer,
                Answer::Stored { .. } | Answer::Rejected { .. }
            )
        })
    };
    let version = |place: &usize| match &all[*place].answer {
        Answer::Stored { streams, .. } => streams
            .first()
            .map(|kept| (kept.version, kept.positions.clone())),
        _ => None,
    };
    let refusal = |place: &usize| match &all[*place].answer {
        Answer::Rejected { mark, seen } => Some((mark.clone(), *seen)),
        _ => None,
    };
    let first = answers().next()?;
    if answers().any(|place| version(place) != version(first) || refusal(place) != refusal(first)) {
        return Some(about("two were told different things".to_owned(), events));
    }
    if version(first).is_some() && effective.is_empty() {
        return Some(about(
            "was acknowledged, and none of its events is stored".to_owned(),
            events,
        ));
    }
    if refusal(first).is_some() && !effective.is_empty() {
        return Some(about("was refused, and took effect".to_owned(), events));
    }
    let row = evidence
        .found
        .commands
        .get(&(stream.to_owned(), key.to_owned()));
    match (row, version(first)) {
        (None, _) => Some(about("its outcome is not kept".to_owned(), events)),
        (Some((_, last, None)), Some((version, _))) if *last != version => Some(about(
            format!("was told version {version}, and {last} is kept"),
            events,
        )),
        (Some((_, _, Some(_))), Some(_)) => Some(about(
            "took effect, and a refusal is kept".to_owned(),
            events,
        )),
        _ => None,
    }
}
