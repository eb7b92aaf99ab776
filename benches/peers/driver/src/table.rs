//! The results as a page to be read.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use crate::build::Built;
use crate::cells::title;
use crate::machine::Machine;
use crate::options::Options;
use crate::outcome::{Outcome, Outcomes};
use crate::rounds::Bench;
use crate::sizes::Sizes;
use crate::systems::Kind;

pub(crate) fn write(
    folder: &Path,
    outcomes: &Outcomes,
    machine: &Machine,
    bench: &Bench<'_>,
    rounds: usize,
) -> Result<(), Box<dyn Error>> {
    let Bench { options, sizes, .. } = bench;
    let mut page = String::from("# Results\n\n");
    if options.is_quick {
        page.push_str(
            "A quick run: small sizes, to see that everything works. Its figures say little.\n\n",
        );
    }
    writeln!(
        page,
        "{} cores ({}), {} GiB, PostgreSQL {}; medians of {} rounds. The ratios are of medians, and more is better in them. \
         Processor time is that of the program and that of the server, for each event or call. Memory is how far the peak of the \
         program was above its start. What each line means is in `README.md`.\n",
        machine.cores, machine.cpu, machine.memory_gib, machine.postgresql, rounds
    )?;
    summary(&mut page, outcomes, sizes)?;
    for workload in outcomes.workloads() {
        one(&mut page, workload, &outcomes.ranked(workload), sizes)?;
    }
    blanks(&mut page, outcomes, bench.built, options)?;
    page.push_str("## Versions\n\n");
    for (system, version) in &machine.systems {
        writeln!(page, "- {system}: {version}")?;
    }
    std::fs::write(folder.join("results.md"), page)?;
    Ok(())
}

/// annals alone, in as few lines as there are workloads.
fn summary(page: &mut String, outcomes: &Outcomes, sizes: &Sizes) -> Result<(), std::fmt::Error> {
    page.push_str("| | annals | × handwritten | × best peer |\n|---|---:|---:|---:|\n");
    for workload in outcomes.workloads() {
        let ranked = outcomes.ranked(workload);
        let best = ranked.iter().find(|it| it.kind == Kind::Peer);
        let Some(own) = ranked.iter().find(|it| it.system == "annals") else {
            continue;
        };
        let peer = match (best, own.ratio_to_best_peer) {
            (Some(best), Some(ratio)) => format!("{ratio:.2} ({})", best.system),
            _ => String::new(),
        };
        writeln!(
            page,
            "| {workload}: {} | {} {} | {} | {peer} |",
            title(workload, sizes),
            number(own.median),
            own.unit,
            shown(own.ratio_to_handwritten),
        )?;
    }
    page.push('\n');
    Ok(())
}

fn shown(ratio: Option<f64>) -> String {
    ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"))
}

fn one(
    page: &mut String,
    workload: &str,
    ranked: &[&Outcome],
    sizes: &Sizes,
) -> Result<(), std::fmt::Error> {
    writeln!(page, "## {workload}: {}\n", title(workload, sizes))?;
    page.push_str(
        "| system | median | × handwritten | × best peer | p50 / p99 ms | processor µs | memory MiB | |\n",
    );
    page.push_str("|---|---:|---:|---:|---:|---:|---:|---|\n");
    for outcome in ranked {
        let percentiles = match (outcome.p50_ms, outcome.p99_ms) {
            (Some(p50), Some(p99)) => format!("{p50:.2} / {p99:.2}"),
            _ => String::new(),
        };
        let processors = match (outcome.client_us, outcome.server_us) {
            (Some(client), Some(server)) => format!("{} + {}", number(client), number(server)),
            _ => String::new(),
        };
        let conflicts = outcome
            .conflicts
            .map(|conflicts| format!("{conflicts} conflicts"));
        let remarks: Vec<String> = conflicts
            .into_iter()
            .chain(outcome.remark.clone())
            .collect();
        writeln!(
            page,
            "| {} | {} {} | {} | {} | {percentiles} | {processors} | {:.0} | {} |",
            outcome.system,
            number(outcome.median),
            outcome.unit,
            shown(outcome.ratio_to_handwritten),
            shown(outcome.ratio_to_best_peer),
            outcome.rss_growth_mib,
            remarks.join("; "),
        )?;
    }
    page.push('\n');
    Ok(())
}

/// What is not in the tables, and why.
fn blanks(
    page: &mut String,
    outcomes: &Outcomes,
    built: &[Built],
    options: &Options,
) -> Result<(), std::fmt::Error> {
    let mut lines = Vec::new();
    for built in built {
        if let Err(reason) = &built.program {
            lines.push((
                built.system.name.to_owned(),
                "all".to_owned(),
                reason.clone(),
            ));
        }
        for (workload, reason) in built.system.blanks {
            if options.workloads.contains(workload) {
                let workload = (*workload).to_owned();
                lines.push((built.system.name.to_owned(), workload, (*reason).to_owned()));
            }
        }
    }
    for failed in &outcomes.failed {
        if built
            .iter()
            .all(|it| it.program.is_ok() || !failed.system.starts_with(it.system.name))
        {
            lines.push((
                failed.system.clone(),
                failed.workload.clone(),
                failed.reason.clone(),
            ));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    page.push_str("## Not measured\n\n| system | workload | why |\n|---|---|---|\n");
    for (system, workload, reason) in lines {
        writeln!(
            page,
            "| {system} | {workload} | {} |",
            reason.replace('|', "\\|")
        )?;
    }
    page.push('\n');
    Ok(())
}

/// With as many digits as say something.
pub(crate) fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
