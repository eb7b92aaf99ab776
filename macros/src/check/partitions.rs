use crate::diag::Mistakes;
use crate::model::Number;

/// The most partitions of a projection or a process.
const PARTITIONS: u32 = 1024;

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
