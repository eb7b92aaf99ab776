//! Nothing that was acknowledged is lost.

use super::{Evidence, Guarantee, Violation, events_of};
use crate::history::{Answer, Call, Kept, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "an acknowledged event is stored, where its receipt says, as it was sent",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let calls = evidence.history.calls.iter().enumerate();
    calls
        .filter_map(|(place, call)| broken(evidence, place, call))
        .collect()
}

fn broken(evidence: &Evidence<'_>, place: usize, call: &Call) -> Option<Violation> {
    let Answer::Stored { streams, .. } = &call.answer else {
        return None;
    };
    evidence.count(1);
    let is_shared =
        matches!(&call.op, Op::Command { key: Some(key), .. } if key.starts_with("shared"));
    if is_shared {
        // It may be the receipt of another's command with the same key: see `keys`.
        return streams
            .iter()
            .find_map(|kept| not_there(evidence, place, kept));
    }
    let sent = events_of(call);
    let mut at = 0;
    for kept in streams {
        if let Some(violation) = not_there(evidence, place, kept) {
            return Some(violation);
        }
        let first = kept.version - kept.positions.len() as i64 + 1;
        for version in first..=kept.version {
            let stored = evidence.found.event(&kept.stream, version)?;
            let (stream, mark, amount) = sent.get(at)?;
            at += 1;
            let is_same = *stream == kept.stream
                && *mark == stored.payload.mark
                && *amount == stored.payload.amount;
            if !is_same {
                return Some(Violation {
                    what: format!(
                        "{stream}: {mark} with the amount {amount} was acknowledged at version {version}, where {} lies with \
                         the amount {}",
                        stored.payload.mark, stored.payload.amount
                    ),
                    calls: vec![place],
                    events: evidence.places(stream, version, version),
                });
            }
        }
    }
    (at < sent.len()).then(|| Violation {
        what: format!(
            "{} events were sent, and the receipt is of {at}",
            sent.len()
        ),
        calls: vec![place],
        events: Vec::new(),
    })
}

/// Whether the positions of a receipt are not those of the versions that it names.
fn not_there(evidence: &Evidence<'_>, place: usize, kept: &Kept) -> Option<Violation> {
    let first = kept.version - kept.positions.len() as i64 + 1;
    for (version, position) in (first..).zip(&kept.positions) {
        let stored = evidence.found.event(&kept.stream, version);
        let what = match stored {
            None => "is not there".to_owned(),
            Some(stored) if stored.position != *position => {
                format!("lies at position {}", stored.position)
            }
            Some(_) => continue,
        };
        return Some(Violation {
            what: format!(
                "{}: version {version} was acknowledged at position {position}, and {what}",
                kept.stream
            ),
            calls: vec![place],
            events: evidence.places(&kept.stream, version - 1, version + 1),
        });
    }
    None
}
