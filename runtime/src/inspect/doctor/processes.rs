//! Whether instances of processes wait for an operator, or for somebody to run them.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::Opened;
use crate::error::Error;
use crate::process::operate::{at_work, words};
use crate::store::Backend;
use crate::store::finding::Finding;
use crate::store::processes::{InstanceFilter, ListedInstance};

/// At so many instances, timers and events of a process it looks at most.
const LIMIT: u32 = 100;

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
        findings.extend(of_instances(backend, process).await?);
        if let Some(events) = parked.get(process).filter(|events| **events > 0) {
            findings.push(of_events(process, *events));
        }
        findings.extend(of_late_timers(backend, process).await?);
    }
    if findings.is_empty() {
        findings.push(Finding::ok(match processes.len() {
            0 => "there is no process".to_owned(),
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
    fn add(&mut self, instance: &ListedInstance, what: String) {
        self.number += 1;
        self.example.get_or_insert_with(|| {
            let of = words(&instance.process, &instance.tenant, &instance.id);
            (of, what)
        });
    }

    fn finding(self, process: &str, what: &str) -> Option<Finding> {
        let (of, example) = self.example?;
        let number = self.number;
        let finding = Finding::warning(
            format!("process `{process}`: {number} {what}, like {example}"),
            format!(
                "see `process list {process} --parked` and `process show {of}`; mend what it says, then run \
                 `process retry {of}`"
            ),
        );
        Some(finding.with("process", process).with("number", number))
    }
}

async fn of_instances(backend: &Backend, process: &str) -> Result<Vec<Finding>, Error> {
    let filter = InstanceFilter {
        process: Some(process),
        only_parked: true,
        ..InstanceFilter::default()
    };
    let (mut commands, mut timers) = (Stuck::default(), Stuck::default());
    for instance in backend.list_instances(filter, LIMIT).await? {
        let id = Some(&*instance.id);
        for of in backend.list_deliveries(Some(process), id, LIMIT).await? {
            if of.tenant == instance.tenant && of.parked_at.is_some() {
                let why = first_line(of.error.as_deref());
                commands.add(
                    &instance,
                    format!("`{}` to `{}`: {why}", of.command, of.target),
                );
            }
        }
        for of in backend.list_timers(Some(process), id, LIMIT).await? {
            if of.tenant == instance.tenant && of.error.is_some() {
                let why = first_line(of.error.as_deref());
                timers.add(&instance, format!("`{}`: {why}", of.name));
            }
        }
    }
    let commands = commands.finding(process, "commands cannot be delivered");
    let timers = timers.finding(process, "timers failed");
    Ok(commands.into_iter().chain(timers).collect())
}

fn of_events(process: &str, events: u64) -> Finding {
    Finding::warning(
        format!("process `{process}`: {events} events are parked"),
        format!(
            "see `parked list {process}`; mend the method, then run `parked retry {process}`, or for one instance \
             `process retry {process} <id>`"
        ),
    )
    .with("process", process)
    .with("number", events)
}

async fn of_late_timers(backend: &Backend, process: &str) -> Result<Option<Finding>, Error> {
    let now = backend.ends().await?.now;
    let timers = backend.list_timers(Some(process), None, LIMIT).await?;
    let mut late = timers
        .iter()
        .filter(|of| of.error.is_none() && now - of.due_at > PATIENCE);
    let Some(first) = late.next() else {
        return Ok(None);
    };
    let minutes = (now - first.due_at).num_minutes();
    let number = 1 + late.count();
    Ok(Some(
        Finding::warning(
            format!(
                "process `{process}`: {number} timers are overdue, the first, `{}` of instance `{}`, by {minutes} min",
                first.name, first.instance
            ),
            format!(
                "run the program that declares the process (`serve`); see `projection status {process}` and \
                 `timers list {process}`"
            ),
        )
        .with("process", process)
        .with("number", number),
    ))
}

fn first_line(error: Option<&str>) -> &str {
    let first = error.and_then(|error| error.lines().next());
    first.unwrap_or_default()
}
