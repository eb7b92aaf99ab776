//! Says what was done, what was found, and the shortest history that shows it, as Markdown.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use crate::arguments::{Arguments, Place};
use crate::check::{Evidence, Violation, suffix};
use crate::history::Answer;
use crate::machine;
use crate::verdict::Held;

/// The most lines of a history that are printed.
const LINES: usize = 60;

/// The most places that are named for each guarantee that is broken.
const EXAMPLES: usize = 3;

/// What was done to the store.
pub(crate) type Faults = BTreeMap<&'static str, u64>;

/// All that is told of a run.
pub(crate) struct Report<'r> {
    pub(crate) asked: &'r Arguments,
    /// What the store is, with its version.
    pub(crate) store: String,
    pub(crate) took: Duration,
    pub(crate) evidence: &'r Evidence<'r>,
    pub(crate) faults: &'r Faults,
    /// What could not be done, and why.
    pub(crate) impossible: &'r [String],
    pub(crate) held: &'r [Held],
}

impl Report<'_> {
    pub(crate) fn violations(&self) -> usize {
        self.held.iter().map(|held| held.violations.len()).sum()
    }
}

/// Prints the report.
pub(crate) fn print(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    let operations = report.evidence.history.operations();
    conditions(out, report, operations)?;
    counted(out, "Operations", &kinds(report.evidence))?;
    counted(out, "Answers", &answers(report.evidence))?;
    counted(out, "Faults", report.faults)?;
    for what in report.impossible {
        writeln!(out, "Not possible here: {what}.\n")?;
    }
    lost(out, report.evidence)?;
    writeln!(
        out,
        "## Guarantees\n\n| guarantee | checked | broken |\n|---|---:|---:|"
    )?;
    for Held {
        guarantee,
        times,
        violations,
    } in report.held
    {
        writeln!(out, "| {guarantee} | {times} | {} |", violations.len())?;
    }
    writeln!(out)?;
    broken(out, report)?;
    writeln!(
        out,
        "operations={operations} faults={} guarantees={} violations={}",
        report.faults.values().sum::<u64>(),
        report.held.len(),
        report.violations()
    )
}

fn conditions(out: &mut impl Write, report: &Report<'_>, operations: usize) -> io::Result<()> {
    let asked = report.asked;
    writeln!(out, "# Proof on {}\n", report.store)?;
    writeln!(out, "| | |\n|---|---|")?;
    let mut line = |name: &str, value: String| writeln!(out, "| {name} | {value} |");
    let whose = match asked.store {
        Place::Url(_) => "that was there, in a place of its own",
        _ => "started for it",
    };
    line("store", format!("{}, {whose}", report.store))?;
    line("annals", env!("CARGO_PKG_VERSION").to_owned())?;
    line("machine", machine::machine())?;
    line("seed", asked.seed.to_string())?;
    line("seconds", asked.seconds.to_string())?;
    if let Some(plant) = asked.plant {
        line("planted bug", plant.name().to_owned())?;
    }
    let (workers, clients) = (asked.workers, asked.clients);
    line("processes", format!("{workers}, of {clients} clients each"))?;
    let seconds = report.took.as_secs_f64();
    let rate = operations as f64 / seconds.max(1e-9);
    line("took", format!("{seconds:.0} s, {rate:.0} operations/s"))?;
    let stored = report.evidence.found.events.len();
    line("events stored", stored.to_string())?;
    let memory = machine::peak_memory();
    line("memory of the checker", format!("{memory} MiB at most"))?;
    writeln!(out)
}

fn counted<N: std::fmt::Display>(
    out: &mut impl Write,
    title: &str,
    counts: &BTreeMap<&str, N>,
) -> io::Result<()> {
    writeln!(out, "## {title}\n\n| what | times |\n|---|---:|")?;
    for (what, count) in counts {
        writeln!(out, "| {what} | {count} |")?;
    }
    writeln!(out)
}

/// What a failover cost.
fn lost(out: &mut impl Write, evidence: &Evidence<'_>) -> io::Result<()> {
    let Some(moment) = evidence.failed_over else {
        return Ok(());
    };
    let (calls, events) = suffix::lost(evidence, moment);
    let calls = calls.len();
    writeln!(
        out,
        "The failover lost {calls} acknowledged calls, with {events} events.\n"
    )
}

/// What is broken, and the shortest history that shows it.
fn broken(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    for held in report
        .held
        .iter()
        .filter(|held| !held.violations.is_empty())
    {
        let times = held.violations.len();
        writeln!(out, "broken: {}: {times} times\n", held.guarantee)?;
        for violation in held.violations.iter().take(EXAMPLES) {
            writeln!(out, "- {}", violation.what)?;
        }
        writeln!(out)?;
    }
    let Some((guarantee, shortest)) = shortest(report.held) else {
        return Ok(());
    };
    writeln!(
        out,
        "The shortest history: {guarantee}\n\n```text\n{}",
        shortest.what
    )?;
    for line in history(report.evidence, shortest).iter().take(LINES) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "```\n")
}

/// What was called for, and what followers were given.
fn kinds(evidence: &Evidence<'_>) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for call in &evidence.history.calls {
        *kinds.entry(call.op.kind()).or_default() += 1;
    }
    let pages = evidence.history.pages.iter().map(|(_, pages)| pages.len());
    kinds.insert("page of the feed, given to a follower", pages.sum());
    kinds
}

fn answers(evidence: &Evidence<'_>) -> BTreeMap<&'static str, usize> {
    let mut outcomes = BTreeMap::new();
    for call in &evidence.history.calls {
        let outcome = match call.answer {
            Answer::Stored { .. } => "stored",
            Answer::Refused { .. } => "refused",
            Answer::Rejected { .. } => "refused by the aggregate",
            Answer::Unknown { .. } => "none: nobody knows what became of it",
            _ => "what was asked for",
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

/// The violation that takes the fewest lines to show.
fn shortest(held: &[Held]) -> Option<(&'static str, &Violation)> {
    let all = held.iter().flat_map(|held| {
        let violations = held.violations.iter();
        violations.map(|violation| (held.guarantee, violation))
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
