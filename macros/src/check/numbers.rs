use crate::diag::Mistakes;
use crate::model::Number;

/// The most partitions of a projection or a process.
const PARTITIONS: u32 = 1024;

/// The version of `what`, which is "event `X`".
pub(super) fn version(what: &str, version: &Number, mistakes: &mut Mistakes) {
    if version.number == 0 {
        mistakes.at_span(
            version.span,
            format!("{what} has version 0, expected 1 or more\nhelp: write `version = 1`, or leave it out"),
        );
    }
}

/// The number of partitions of `what`, which is "projection `X`".
pub(super) fn partitions(what: &str, partitions: &Number, mistakes: &mut Mistakes) {
    if !(1..=PARTITIONS).contains(&partitions.number) {
        mistakes.at_span(
            partitions.span,
            format!(
                "{what} has {} partitions, expected 1 to {PARTITIONS}\nhelp: write `partitions = 4`, or leave it out",
                partitions.number
            ),
        );
    }
}
