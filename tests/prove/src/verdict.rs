//! What came of holding the guarantees against the evidence.

use crate::check::{
    Evidence, GUARANTEES, Guarantee, OF_A_STORE_AFTER_LOSS, OF_CALLS_AFTER_LOSS, Violation,
};

/// A guarantee, how many things were held against it, and where it was broken.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) guarantee: &'static str,
    pub(crate) times: usize,
    pub(crate) violations: Vec<Violation>,
}

/// Holds what was promised against the evidence: all of it, unless a failover was one that loses events.
pub(crate) fn verdict(evidence: &Evidence<'_>) -> Vec<Held> {
    let Some(moment) = evidence.failed_over.filter(|_| evidence.may_have_lost) else {
        return all(evidence, GUARANTEES);
    };
    let mut held = all(evidence, OF_A_STORE_AFTER_LOSS);
    let later = evidence.history.after(moment);
    let later = Evidence::of(&later, evidence.found);
    for mut of_calls in all(&later, OF_CALLS_AFTER_LOSS) {
        for violation in &mut of_calls.violations {
            // Their places are those of another history.
            violation.calls.clear();
        }
        held.push(of_calls);
    }
    held
}

fn all(evidence: &Evidence<'_>, guarantees: &[Guarantee]) -> Vec<Held> {
    guarantees
        .iter()
        .map(|guarantee| {
            let (times, violations) = guarantee.broken(evidence);
            Held {
                guarantee: guarantee.name,
                times,
                violations,
            }
        })
        .collect()
}
