//! Says what was done, what was found, and the shortest history that shows it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::check::{Evidence, Guarantee, Violation};

/// The most lines of a history that are printed.
const LINES: usize = 60;

/// The most places that are named for each guarantee that is broken.
const EXAMPLES: usize = 3;

/// What was done to the store.
pub(crate) type Faults = BTreeMap<&'static str, u64>;

/// A guarantee and where it was broken.
pub(crate) type Broken = (&'static str, Vec<Violation>);

/// What came of holding the guarantees against the evidence.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// How many there were.
    pub(crate) guarantees: usize,
    pub(crate) broken: Vec<Broken>,
}

/// Holds guarantees against the evidence.
pub(crate) fn broken(evidence: &Evidence<'_>, guarantees: &[Guarantee]) -> Vec<Broken> {
    guarantees
        .iter()
        .map(|guarantee| (guarantee.name, guarantee.broken(evidence)))
        .filter(|(_, violations)| !violations.is_empty())
        .collect()
}

/// Prints the report. Answers how many violations there are.
pub(crate) fn print(
    out: &mut impl Write,
    evidence: &Evidence<'_>,
    faults: &Faults,
    impossible: &[String],
    verdict: &Verdict,
) -> io::Result<usize> {
    let broken = &verdict.broken;
    for what in impossible {
        writeln!(out, "not possible here: {what}")?;
    }
    for (fault, count) in faults {
        writeln!(out, "fault: {fault}: {count}")?;
    }
    for (outcome, count) in outcomes(evidence) {
        writeln!(out, "calls {outcome}: {count}")?;
    }
    writeln!(out, "events stored: {}", evidence.found.events.len())?;
    for (guarantee, violations) in broken {
        writeln!(out, "broken: {guarantee}: {} times", violations.len())?;
        for violation in violations.iter().take(EXAMPLES) {
            writeln!(out, "  {}", violation.what)?;
        }
    }
    if let Some((guarantee, shortest)) = shortest(broken) {
        writeln!(out, "\n{guarantee}:\n  {}", shortest.what)?;
        for line in history(evidence, shortest).iter().take(LINES) {
            writeln!(out, "  {line}")?;
        }
        writeln!(out)?;
    }
    let violations = broken.iter().map(|(_, violations)| violations.len()).sum();
    writeln!(
        out,
        "operations={} faults={} guarantees={} violations={violations}",
        evidence.history.operations(),
        faults.values().sum::<u64>(),
        verdict.guarantees
    )?;
    Ok(violations)
}

fn outcomes(evidence: &Evidence<'_>) -> BTreeMap<&'static str, usize> {
    use crate::history::Answer;
    let mut outcomes = BTreeMap::new();
    for call in &evidence.history.calls {
        let outcome = match call.answer {
            Answer::Stored { .. } => "acknowledged",
            Answer::Refused { .. } => "refused",
            Answer::Rejected { .. } => "refused by the aggregate",
            Answer::Unknown { .. } => "of which nobody knows what became",
            _ => "answered",
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

/// The violation that takes the fewest lines to show.
fn shortest(broken: &[Broken]) -> Option<(&'static str, &Violation)> {
    let all = broken.iter().flat_map(|(guarantee, violations)| {
        violations
            .iter()
            .map(move |violation| (*guarantee, violation))
    });
    // Without any evidence there is nothing to see.
    all.min_by_key(
        |(_, violation)| match violation.calls.len() + violation.events.len() {
            0 => usize::MAX,
            length => length,
        },
    )
}

/// The calls, in the order in which they began, and what is stored.
fn history(evidence: &Evidence<'_>, violation: &Violation) -> Vec<String> {
    let mut places = violation.calls.clone();
    for &place in &violation.events {
        let mark = &evidence.found.events[place].payload.mark;
        places.extend(evidence.sender(mark));
    }
    places.sort_unstable();
    places.dedup();
    let start = places
        .first()
        .map_or(0, |&place| evidence.history.calls[place].began);
    let mut lines: Vec<String> = places
        .iter()
        .map(|&place| {
            let call = &evidence.history.calls[place];
            let until = call
                .ended
                .map_or("?".to_owned(), |ended| microseconds(ended - start));
            format!(
                "{} to {until} {} calls {:?}, answered {:?}",
                microseconds(call.began - start),
                call.mark(),
                call.op,
                call.answer
            )
        })
        .collect();
    for &place in &violation.events {
        let event = &evidence.found.events[place];
        lines.push(format!(
            "stored at {}: {} version {}, {} with the amount {}",
            event.position, event.stream, event.version, event.payload.mark, event.payload.amount
        ));
    }
    lines
}

fn microseconds(nanoseconds: i64) -> String {
    format!("{} µs", nanoseconds / 1000)
}
