//! An append that expected something of a stream succeeded only where it was so.

use super::{Evidence, Guarantee, Violation};
use crate::history::{Answer, Expects, Op};

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "an append that expected a version went to that version",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (place, call) in evidence.history.calls.iter().enumerate() {
        let (Op::Append { to, .. }, Answer::Stored { streams, .. }) = (&call.op, &call.answer)
        else {
            continue;
        };
        for (wanted, kept) in to.iter().zip(streams) {
            evidence.count(1);
            let before = kept.version - kept.positions.len() as i64;
            let is_so = match wanted.expects {
                Expects::Any => true,
                Expects::Exists => before > 0,
                Expects::Exact(version) => before == version,
            };
            if !is_so {
                violations.push(Violation {
                    what: format!(
                        "{}: expected {:?}, and went behind version {before}",
                        kept.stream, wanted.expects
                    ),
                    calls: vec![place],
                    events: evidence.places(&kept.stream, before, before + 1),
                });
            }
        }
    }
    violations
}
