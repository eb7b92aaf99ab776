//! Whether instances of processes wait for an operator, or for somebody to run them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Opened;
use crate::error::Error;
use crate::process::operate::{at_work, words};
use crate::store::Backend;
use crate::store::finding::Finding;
use crate::store::processes::ListedTimer;

/// At so many commands on the way and at so many timers of a process it looks at most.
const LIMIT: u32 = 10_000;

/// A timer that is late by more than this is one that nobody reacts to.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);

pub(super) async fn check(opened: &mut Opened) -> Result<Vec<Finding>, Error> {
    let backend = &opened.store.inner.backend;
    let processes = at_work(&opened.store).await?;
    let mut parked: BTreeMap<String, u64> = BTreeMap::new();
    for (name, _, events) in backend.count_parked().await? {
        *parked.entry(name.to_string()).or_default() += events;
    }
    let mut findings = Vec::new();
    for (process, _) in &processes {
        findings.extend(of_commands(backend, process).await?);
        if let Some(events) = parked.get(process).filter(|events| **events > 0) {
            findings.push(of_events(process, *events));
        }
        findings.extend(of_timers(backend, process).await?);
    }
    if findings.is_empty() {
        findings.push(Finding::ok(match processes.len() {
            0 => "there is no process".to_owned(),
            1 => "nothing is in the way of 1 process".to_owned(),
            number => format!("nothing is in the way of {number} processes"),
        }));
    }
    Ok(findings)
}

/// Commands and timers that wait for an operator: how many, and the first one found.
#[derive(Default)]
struct Stuck {
    number: u64,
    example: Option<(String, String)>,
}

impl Stuck {
    fn add(&mut self, process: &str, tenant: &str, id: &str, what: String) {
        self.number += 1;
        self.example
            .get_or_insert_with(|| (words(process, tenant, id), what));
    }

    fn finding(self, process: &str, what: &str) -> Option<Finding> {
        let (of, example) = self.example?;
        let number = self.number;
        let finding = Finding::warning(
            format!("process `{process}`: {what}: {number}, like {example}"),
            format!(
                "see `process list {process} --parked` and `process show {of}`; mend what it says, then run \
                 `process retry {of}`"
            ),
        );
        Some(finding.with("process", process).with("number", number))
    }
}

async fn of_commands(backend: &Backend, process: &str) -> Result<Option<Finding>, Error> {
    let mut stuck = Stuck::default();
    for of in backend.list_deliveries(Some(process), None, LIMIT).await? {
        if of.parked_at.is_some() {
            let why = first_line(of.error.as_deref());
            let what = format!("`{}` to `{}`: {why}", of.command, of.target);
            stuck.add(&of.process, &of.tenant, &of.instance, what);
        }
    }
    Ok(stuck.finding(process, "commands that cannot be delivered"))
}

fn of_events(process: &str, events: u64) -> Finding {
    Finding::warning(
        format!("process `{process}`: parked events: {events}"),
        format!(
            "see `parked list {process}`; mend the method, then run `parked retry {process}`, or for one instance \
             `process retry {process} <id>`"
        ),
    )
    .with("process", process)
    .with("number", events)
}

/// Failed timers come with the late ones: those that were due first.
async fn of_timers(backend: &Backend, process: &str) -> Result<Vec<Finding>, Error> {
    let now = backend.ends().await?.now;
    let timers = backend.list_timers(Some(process), None, LIMIT).await?;
    let (mut failed, mut late) = (Stuck::default(), Vec::new());
    for of in timers {
        match &of.error {
            Some(error) => {
                let what = format!("`{}`: {}", of.name, first_line(Some(error)));
                failed.add(&of.process, &of.tenant, &of.instance, what);
            }
            None if now - of.due_at > PATIENCE => late.push(of),
            None => {}
        }
    }
    let failed = failed.finding(process, "timers that failed");
    let late = late
        .first()
        .map(|first| of_late(process, first, late.len(), now));
    Ok(failed.into_iter().chain(late).collect())
}

fn of_late(process: &str, first: &ListedTimer, number: usize, now: DateTime<Utc>) -> Finding {
    let minutes = (now - first.due_at).num_minutes();
    Finding::warning(
        format!(
            "process `{process}`: overdue timers: {number}, the first, `{}` of instance `{}`, by {minutes} min",
            first.name, first.instance
        ),
        format!(
            "run the program that declares the process (`serve`); see `projection status {process}` and \
             `timers list {process}`"
        ),
    )
    .with("process", process)
    .with("number", number)
}

fn first_line(error: Option<&str>) -> &str {
    let first = error.and_then(|error| error.lines().next());
    first.unwrap_or_default()
}
