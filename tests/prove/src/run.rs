//! A run from its beginning to its end.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::arguments::{Arguments, Failover};
use crate::check::{Evidence, GUARANTEES, OF_A_STORE_AFTER_LOSS, OF_CALLS_AFTER_LOSS, Violation};
use crate::clock;
use crate::crew::Worker;
use crate::fault::Fault;
use crate::field::Field;
use crate::history::History;
use crate::plant;
use crate::random::Random;
use crate::raw::Raw;
use crate::report::{self, Faults, Verdict};
use crate::stored::Found;
use crate::worker::Settings;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long the projections may take to come to the end, when no fault is done any more.
const PATIENCE: Duration = Duration::from_secs(90);

/// Proves, prints the report, and answers how many violations there were.
pub(crate) async fn run(asked: &Arguments) -> Result<usize, Failure> {
    let mut field = Field::lay(&asked.store).await?;
    let kept = tempfile::Builder::new()
        .prefix("annals-history-")
        .tempdir()?;
    let folder = asked.keep.clone().unwrap_or_else(|| kept.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    if let Some(how) = asked.failover {
        field.add_standby(how).await?;
    }
    if let Some(plant) = asked.plant {
        let mut raw = Raw::open(&field.url).await?;
        plant::before(plant, &mut raw).await?;
        raw.close().await;
    }
    for worker in 0..asked.workers {
        field
            .workers
            .push(Worker::start(settings(asked, &field, &folder, worker))?);
    }
    let mut faults = Faults::new();
    let mut random = Random::of(asked.seed, "faults");
    let mut lost_at = None;
    let time = Duration::from_secs(asked.seconds);
    match asked.failover {
        None => strike(asked, &mut field, &mut random, &mut faults, time).await?,
        Some(how) => {
            strike(asked, &mut field, &mut random, &mut faults, time / 2).await?;
            lost_at = fail_over(&mut field, how, &folder).await?;
            *faults
                .entry("server lost, and its standby in its place")
                .or_default() += 1;
            strike(asked, &mut field, &mut random, &mut faults, time / 2).await?;
        }
    }
    field.see_to_server();
    let end = end(asked, &mut field).await;
    for worker in &mut field.workers {
        worker.kill().await?;
    }
    let history = History::read(&folder)?;
    let mut raw = Raw::open(&field.url).await?;
    let found = Found::read(&mut raw).await?;
    raw.close().await;
    let mut evidence = Evidence::of(&history, &found);
    evidence.lost_at = lost_at;
    let mut verdict = judge(&evidence);
    verdict.guarantees += 1;
    if let Err(what) = end {
        let violation = Violation {
            what: what.to_string(),
            ..Violation::default()
        };
        let guarantee = "when no fault is done any more, all come to the end";
        verdict.broken.push((guarantee, vec![violation]));
    }
    let mut out = io::stdout().lock();
    let violations = report::print(&mut out, &evidence, &faults, &field.impossible, &verdict)?;
    out.flush()?;
    Ok(violations)
}

fn judge(evidence: &Evidence<'_>) -> Verdict {
    let Some(moment) = evidence.lost_at else {
        return Verdict {
            guarantees: GUARANTEES.len(),
            broken: report::broken(evidence, GUARANTEES),
        };
    };
    let mut broken = report::broken(evidence, OF_A_STORE_AFTER_LOSS);
    let later = evidence.history.after(moment);
    let later = Evidence::of(&later, evidence.found);
    for (guarantee, violations) in report::broken(&later, OF_CALLS_AFTER_LOSS) {
        let violations = violations.into_iter();
        // Their places are those of another history.
        let violations = violations.map(|violation| Violation {
            calls: Vec::new(),
            ..violation
        });
        broken.push((guarantee, violations.collect()));
    }
    Verdict {
        guarantees: OF_A_STORE_AFTER_LOSS.len() + OF_CALLS_AFTER_LOSS.len(),
        broken,
    }
}

/// Lets the standby take over. Answers the moment at which events were lost, where some may have been: then all workers begin
/// anew, and what their followers were given before is put aside.
async fn fail_over(
    field: &mut Field,
    how: Failover,
    folder: &Path,
) -> Result<Option<i64>, Failure> {
    field.fail_over(how).await?;
    if how == Failover::Synchronous {
        return Ok(None);
    }
    let moment = clock::now();
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
    Ok(Some(moment))
}

fn settings(asked: &Arguments, field: &Field, folder: &Path, worker: usize) -> Settings {
    Settings {
        url: field.workers_url.clone(),
        seed: asked.seed,
        worker,
        clients: asked.clients,
        folder: PathBuf::from(folder),
        plant: asked.plant,
    }
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
    let mut upcoming: Vec<Fault> = Vec::new();
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(random.between(200, 900))).await;
        if let Some(plant) = asked.plant {
            let mut raw = Raw::open(&field.url).await?;
            plant::meanwhile(plant, &mut raw).await?;
            raw.close().await;
        }
        // Each kind once, in some order, before any of them comes again.
        if upcoming.is_empty() {
            upcoming.clone_from(&possible);
        }
        let next = usize::try_from(random.below(upcoming.len() as u64))?;
        let fault = upcoming.swap_remove(next);
        match fault.strike(field, random).await {
            Ok(()) => *faults.entry(fault.name()).or_default() += 1,
            Err(error) => writeln!(io::stderr(), "no fault, {}: {error}", fault.name())?,
        }
        for worker in &mut field.workers {
            if !worker.is_running() {
                return Err("a worker has ended by itself".into());
            }
        }
    }
    Ok(())
}

/// Lets all calls end, lets everybody who follows come to the end, and ends the workers.
async fn end(asked: &Arguments, field: &mut Field) -> Result<(), Failure> {
    for worker in &mut field.workers {
        worker.order("stop").await?;
    }
    for worker in &mut field.workers {
        worker.done("stopped").await?;
    }
    let mut raw = Raw::open(&field.url).await?;
    if let Some(plant) = asked.plant {
        plant::after(plant, &mut raw).await?;
    }
    let last = last_position(&mut raw).await?;
    for worker in &mut field.workers {
        worker.order(&format!("drain {}", last.max(1))).await?;
    }
    for worker in &mut field.workers {
        worker.done("drained").await?;
    }
    projections_come_to(&mut raw, last).await?;
    raw.close().await;
    for worker in &mut field.workers {
        worker.order("end").await?;
    }
    for worker in &mut field.workers {
        worker.ended().await?;
    }
    Ok(())
}

/// The last position, when nothing that was begun before goes on any more.
async fn last_position(raw: &mut Raw) -> Result<i64, Failure> {
    if let Raw::Postgres(_) = raw {
        // A statement whose client is gone may still be at work.
        let now: Vec<(String,)> = raw.rows("select clock_timestamp()::text").await?;
        let now = now.first().map_or("now", |row| &*row.0);
        let older = format!(
            "select count(*) from pg_stat_activity where datname = current_database() and xact_start < '{now}' \
             and pid <> pg_backend_pid()"
        );
        let begun = Instant::now();
        while raw
            .rows::<(i64,)>(&older)
            .await?
            .first()
            .is_some_and(|row| row.0 > 0)
        {
            if begun.elapsed() > PATIENCE {
                return Err("a transaction does not end".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let last: Vec<(i64,)> = raw
        .rows("select coalesce(max(position), 0) from {events}")
        .await?;
    Ok(last.first().map_or(0, |row| row.0))
}

async fn projections_come_to(raw: &mut Raw, last: i64) -> Result<(), Failure> {
    let begun = Instant::now();
    loop {
        let behind: Vec<(String, i64, i64, Option<String>)> = raw
            .rows(
                "select projection, cast(partition as bigint), checkpoint, stopped_why from {partitions} \
                 order by checkpoint limit 1",
            )
            .await?;
        let Some((projection, partition, checkpoint, stopped)) = behind.first() else {
            return Err("there are no projections".into());
        };
        if *checkpoint >= last {
            return Ok(());
        }
        if stopped.is_some() || begun.elapsed() > PATIENCE {
            let what = format!(
                "projection {projection}, partition {partition}, is at {checkpoint} of {last}: {stopped:?}"
            );
            return Err(what.into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
