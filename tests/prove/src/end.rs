//! The end of a run, when no fault is done any more: all calls are answered, and all that follows comes to the end.

use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::field::Field;
use crate::plant;
use crate::raw::Raw;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long the projections may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Lets all calls end, lets everybody who follows come to the end, and ends the workers.
pub(crate) async fn end(asked: &Arguments, field: &mut Field) -> Result<(), Failure> {
    if let Some(plant) = asked.plant {
        let mut raw = Raw::open(&field.url).await?;
        plant::after(plant, &mut raw).await?;
        raw.close().await;
    }
    // Where it does not come to its end, all others still can.
    let rollout = field.finish_rollout().await;
    for worker in &mut field.workers {
        worker.order("stop").await?;
    }
    for worker in &mut field.workers {
        worker.done("stopped").await?;
    }
    let mut raw = Raw::open(&field.url).await?;
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
    rollout
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
        let behind: Vec<(String, i64, Option<String>)> = raw
            .rows(
                "select 'version ' || version || ' of projection ' || projection || ', partition ' || partition || \
                 ', of ' || coalesce(owner, 'nobody') || ' until ' || coalesce(cast(leased_until as text), 'no time') || \
                 ', changed at ' || cast(updated_at as text), checkpoint, stopped_why from {partitions} \
                 order by checkpoint limit 1",
            )
            .await?;
        let Some((what, checkpoint, stopped)) = behind.first() else {
            return Err("there are no projections".into());
        };
        if *checkpoint >= last {
            return Ok(());
        }
        if stopped.is_some() || begun.elapsed() > PATIENCE {
            return Err(format!("{what} came to {checkpoint} of {last}: {stopped:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
