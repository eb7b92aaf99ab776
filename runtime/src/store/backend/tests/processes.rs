//! What is kept of processes, on both stores.

mod deliveries;
mod instances;
mod timers;

use std::time::Duration;

use annals_tests::Database;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::append::{Expected, Group, Head, Row};
use crate::clock::{Clock, SystemClock};
use crate::store::StoreOptions;
use crate::store::backend::Backend;
use crate::store::processes::{DeliveryPlace, InstancePlace, NewDelivery, NewTimer, TimerPlace};
use crate::store::projections::PartId;
use crate::stream::StreamId;

const PROCESS: &str = "order-fulfilment";
/// Longer than a test runs.
const HOUR: TimeDelta = TimeDelta::hours(1);

async fn open(database: &Database) -> Backend {
    Backend::connect(database.url(), &StoreOptions::default())
        .await
        .expect("a store")
}

fn part(partition: u32) -> PartId {
    PartId {
        projection: PROCESS.into(),
        version: 1,
        partition,
    }
}

/// The databases keep microseconds.
fn now() -> DateTime<Utc> {
    let now = SystemClock.now().timestamp_micros();
    DateTime::from_timestamp_micros(now).expect("a time")
}

fn place((tenant, id): (&str, &str)) -> InstancePlace {
    (tenant.into(), id.to_owned())
}

/// Stores events in the stream of an instance, each of which tells where it is.
async fn append(backend: &Backend, (tenant, id): (&str, &str), count: i64) {
    let row = |version| Row {
        event_id: Uuid::now_v7(),
        event_type: "stepped".into(),
        schema_version: 1,
        payload: told((tenant, id), version),
        metadata: None,
        correlation: None,
        occurred_at: None,
    };
    let head = Head {
        stream: StreamId::new(PROCESS, id),
        expected: Expected::NoStream,
        seen: None,
        keys: Vec::new(),
        rows: (1..=count).map(row).collect(),
    };
    let group = Group {
        tenant: tenant.into(),
        heads: vec![head],
    };
    let receipts = backend.append(&[group]).await;
    assert!(receipts.iter().all(Result::is_ok), "{receipts:?}");
}

fn told((tenant, id): (&str, &str), version: i64) -> String {
    format!(r#"{{"at":"{tenant} {id} {version}"}}"#)
}

fn timer((tenant, id): (&str, &str), name: &str, version: i64, due_at: DateTime<Utc>) -> NewTimer {
    NewTimer {
        tenant: tenant.into(),
        instance: id.to_owned(),
        name: name.to_owned(),
        partition: 3,
        version,
        due_at,
    }
}

fn timer_place((tenant, id): (&str, &str), name: &str) -> TimerPlace {
    TimerPlace {
        tenant: tenant.into(),
        instance: id.to_owned(),
        name: name.to_owned(),
    }
}

async fn set(backend: &Backend, process: &str, timers: &[NewTimer]) {
    let mut tx = backend.begin().await.expect("begun");
    let done = backend.set_timers(&mut tx, process, timers).await;
    done.expect("set");
    tx.commit().await.expect("committed");
}

async fn fail_timer(backend: &Backend, timer: &TimerPlace, error: &str) {
    let mut tx = backend.begin().await.expect("begun");
    let done = backend.fail_timer(&mut tx, PROCESS, timer, error).await;
    done.expect("kept");
    tx.commit().await.expect("committed");
}

/// The timers that are due: their names and what they were set with.
async fn due_timers(backend: &Backend, partition: u32, limit: u32) -> Vec<(String, String)> {
    let mut tx = backend.begin().await.expect("begun");
    let due = backend.due_timers(&mut tx, &part(partition), limit).await;
    tx.commit().await.expect("committed");
    let due = due.expect("read").into_iter();
    due.map(|timer| {
        let recorded = timer.content.recorded();
        assert_eq!(recorded.tenant(), &*timer.place.tenant);
        assert_eq!(recorded.stream().category(), PROCESS);
        assert_eq!(recorded.stream().id(), timer.place.instance);
        let content = String::from_utf8(timer.content.payload().to_vec());
        (timer.place.name, content.expect("text"))
    })
    .collect()
}

fn delivery((tenant, id): (&str, &str), version: i64, target: &str) -> NewDelivery {
    NewDelivery {
        place: delivery_place((tenant, id), version),
        partition: 3,
        command_id: Uuid::from_u128(7),
        command: "inventory.reserve".to_owned(),
        aggregate: "inventory".to_owned(),
        target: target.to_owned(),
    }
}

fn delivery_place((tenant, id): (&str, &str), version: i64) -> DeliveryPlace {
    DeliveryPlace {
        tenant: tenant.into(),
        instance: id.to_owned(),
        version,
    }
}

async fn add(backend: &Backend, process: &str, deliveries: &[NewDelivery]) {
    let mut tx = backend.begin().await.expect("begun");
    let done = backend.add_deliveries(&mut tx, process, deliveries).await;
    done.expect("added");
    tx.commit().await.expect("committed");
}

async fn fail(backend: &Backend, place: &DeliveryPlace, attempts: u32, pause: Option<Duration>) {
    backend
        .fail_delivery(PROCESS, place, attempts, "no answer", pause)
        .await
        .expect("kept");
}

async fn end(backend: &Backend, place: &DeliveryPlace) -> bool {
    let mut tx = backend.begin().await.expect("begun");
    let ended = backend.end_delivery(&mut tx, PROCESS, place).await;
    tx.commit().await.expect("committed");
    ended.expect("ended")
}

/// The commands whose turn has come: where they are, how often they were tried.
async fn due(backend: &Backend, partition: u32, limit: u32) -> Vec<(String, u32)> {
    let due = backend.due_deliveries(&part(partition), limit).await;
    let due = due.expect("read").into_iter();
    due.map(|delivery| {
        let DeliveryPlace {
            tenant,
            instance,
            version,
        } = delivery.place;
        let content = std::str::from_utf8(delivery.content.payload());
        assert_eq!(content, Ok(&*told((&tenant, &instance), version)));
        assert_eq!(delivery.aggregate, "inventory");
        (
            format!("{tenant} {instance} {version} {}", delivery.target),
            delivery.attempts,
        )
    })
    .collect()
}

fn is_about_an_hour(due_in: Option<Duration>) -> bool {
    due_in.is_some_and(|due_in| (3000..=3600).contains(&due_in.as_secs()))
}
