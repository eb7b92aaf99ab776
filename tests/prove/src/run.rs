//! A run from its beginning to its end.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::arguments::{Arguments, Failover};
use crate::check::{Evidence, Violation};
use crate::clock;
use crate::crew::Worker;
use crate::end::end;
use crate::fault::Fault;
use crate::field::Field;
use crate::history::History;
use crate::machine;
use crate::plant::{self, Plant};
use crate::random::Random;
use crate::raw::Raw;
use crate::report::{self, Faults, Report};
use crate::rollout::Rollout;
use crate::stored::Found;
use crate::verdict::{Held, verdict};
use crate::worker::Settings;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Proves, prints the report, and answers how many violations there were.
pub(crate) async fn run(asked: &Arguments) -> Result<usize, Failure> {
    let mut field = Field::lay(&asked.store).await?;
    let violations = prove(asked, &mut field).await;
    field.workers.clear();
    field.tidy().await?;
    violations
}

async fn prove(asked: &Arguments, field: &mut Field) -> Result<usize, Failure> {
    let kept = tempfile::Builder::new()
        .prefix("annals-history-")
        .tempdir()?;
    let folder = asked.keep.clone().unwrap_or_else(|| kept.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    if let Some(how) = asked.failover {
        field.add_standby(how, is_behind(asked)).await?;
    } else {
        // Who builds a version refuses to go on where its checkpoint is moved back, however often.
        let may_roll_out = asked.plant != Some(Plant::CheckpointMovedBack);
        let rollout = Rollout::new(folder.clone(), asked.plant.is_none());
        field.rollout = Some(rollout).filter(|_| may_roll_out);
    }
    if let Some(plant) = asked.plant {
        let mut raw = Raw::open(&field.url).await?;
        plant::before(plant, &mut raw).await?;
        raw.close().await;
    }
    for worker in 0..asked.workers {
        let settings = settings(asked, field, &folder, worker);
        field.workers.push(Worker::start(settings)?);
    }
    let begun = Instant::now();
    let mut faults = Faults::new();
    let mut random = Random::of(asked.seed, "faults");
    let mut failed_over = None;
    let time = Duration::from_secs(asked.seconds);
    match asked.failover {
        None => strike(asked, field, &mut random, &mut faults, time).await?,
        Some(_) => {
            strike(asked, field, &mut random, &mut faults, time / 2).await?;
            failed_over = Some(fail_over(field, is_behind(asked), &folder).await?);
            *faults
                .entry("server lost, and its standby in its place")
                .or_default() += 1;
            strike(asked, field, &mut random, &mut faults, time / 2).await?;
        }
    }
    field.see_to_server();
    let end = end(asked, field).await;
    for worker in &mut field.workers {
        worker.kill().await?;
    }
    let took = begun.elapsed();
    let history = History::read(&folder)?;
    let mut raw = Raw::open(&field.url).await?;
    let store = machine::store(&mut raw).await?;
    let found = Found::read(&mut raw).await?;
    raw.close().await;
    let mut evidence = Evidence::of(&history, &found);
    evidence.failed_over = failed_over;
    evidence.may_have_lost = asked.failover == Some(Failover::Asynchronous);
    let mut held = verdict(&evidence);
    held.push(Held {
        guarantee: "when no fault is done any more, all come to the end",
        times: 1,
        violations: end
            .err()
            .map(|what| Violation {
                what: what.to_string(),
                ..Violation::default()
            })
            .into_iter()
            .collect(),
    });
    let report = Report {
        asked,
        store,
        took,
        evidence: &evidence,
        faults: &faults,
        impossible: &field.impossible,
        held: &held,
    };
    let mut out = io::stdout().lock();
    report::print(&mut out, &report)?;
    out.flush()?;
    Ok(report.violations())
}

/// Whether the standby is one that has not all that was answered, when it takes over.
fn is_behind(asked: &Arguments) -> bool {
    asked.failover == Some(Failover::Asynchronous) || asked.plant == Some(Plant::StandbyBehind)
}

/// Lets the standby take over, and answers when. Where it was behind, all workers begin anew, and what their followers were
/// given before is put aside.
async fn fail_over(field: &mut Field, is_behind: bool, folder: &Path) -> Result<i64, Failure> {
    field.fail_over(is_behind).await?;
    let moment = clock::now();
    if !is_behind {
        return Ok(moment);
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("pages-") {
            let mut name = std::ffi::OsString::from("before-");
            name.push(entry.file_name());
            std::fs::rename(entry.path(), folder.join(name))?;
        }
    }
    for worker in &mut field.workers {
        worker.replace()?;
    }
    Ok(moment)
}

fn settings(asked: &Arguments, field: &Field, folder: &Path, worker: usize) -> Settings {
    Settings {
        url: field.workers_url.clone(),
        seed: asked.seed,
        worker,
        clients: asked.clients,
        release: 1,
        folder: PathBuf::from(folder),
        plant: asked.plant,
    }
}

/// For how long nothing happens: the next faults meet a store at full speed, and operators come to the end of what takes longer
/// than the time from one fault to another.
fn calm(random: &mut Random, time: Duration) -> Duration {
    Duration::from_millis(random.between(10_000, 20_000)).min(time / 10)
}

/// Does faults until the time is over. Their kinds and moments follow from the seed.
async fn strike(
    asked: &Arguments,
    field: &mut Field,
    random: &mut Random,
    faults: &mut Faults,
    time: Duration,
) -> Result<(), Failure> {
    let possible = Fault::possible(field);
    let until = Instant::now() + time;
    let mut upcoming = possible.clone();
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(random.between(200, 900))).await;
        if let Some(plant) = asked.plant {
            let mut raw = Raw::open(&field.url).await?;
            plant::meanwhile(plant, &mut raw).await?;
            raw.close().await;
        }
        field.roll_on().await?;
        let next = usize::try_from(random.below(upcoming.len() as u64))?;
        let fault = upcoming.swap_remove(next);
        match fault.strike(field, random).await {
            Ok(()) => *faults.entry(fault.name()).or_default() += 1,
            Err(error) => writeln!(io::stderr(), "no fault, {}: {error}", fault.name())?,
        }
        // Each kind once, in some order, before any of them comes again.
        if upcoming.is_empty() {
            upcoming.clone_from(&possible);
            tokio::time::sleep(calm(random, time)).await;
        }
        for worker in &mut field.workers {
            if !worker.is_running() {
                return Err("a worker has ended by itself".into());
            }
        }
    }
    Ok(())
}
