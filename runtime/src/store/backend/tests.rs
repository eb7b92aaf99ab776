//! The whole face, called on a store in memory; that of processes on both stores.

mod processes;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::Backend;
use crate::append::{self, Expected};
use crate::event::RecordedEvent;
use crate::projection::{Column, ColumnKind, Value};
use crate::store::StoreOptions;
use crate::store::feed::FeedRequest;
use crate::store::projections::{
    BuildChange, InlineHead, NewBuild, NewParked, ParkedPlace, PartId, Row, RowPlace, Status, Table,
};
use crate::stream::{Position, StreamId};
use crate::{ErrorKind, Tx};

const fn column(name: &'static str, kind: ColumnKind, nullable: bool, key: bool) -> Column {
    Column {
        name,
        kind,
        nullable,
        key,
        index: !key,
    }
}

/// Every kind of column, with one that may be null of each, and a key of two columns that do not stand side by side.
const COLUMNS: &[Column] = &[
    column("name", ColumnKind::Text, false, true),
    column("boolean", ColumnKind::Boolean, true, false),
    column("integer", ColumnKind::Integer, true, false),
    column("float", ColumnKind::Float, true, false),
    column("number", ColumnKind::Integer, false, true),
    column("text", ColumnKind::Text, true, false),
    column("uuid", ColumnKind::Uuid, true, false),
    column("timestamp", ColumnKind::Timestamp, true, false),
    column("date", ColumnKind::Date, true, false),
    column("json", ColumnKind::Json, true, false),
    column("bytes", ColumnKind::Bytes, true, false),
    column("order", ColumnKind::Text, false, false),
];

fn table(name: &str) -> Table {
    Table {
        name: name.to_owned(),
        columns: COLUMNS,
    }
}

fn row(tenant: &str, name: &str, number: i64) -> Row {
    let time = DateTime::<Utc>::from_timestamp_micros(-62_135_596_799_999_999);
    let values = vec![
        Value::Text(name.to_owned()),
        Value::Boolean(number % 2 == 0),
        Value::Integer(i64::MIN.wrapping_add(number)),
        Value::Float(0.1 + number as f64),
        Value::Integer(number),
        Value::Text("ä 'quoted' \"text\"\n".to_owned()),
        Value::Uuid(Uuid::from_u128(number.unsigned_abs().into())),
        Value::Timestamp(time.expect("a time")),
        Value::Date(NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date")),
        Value::Json(r#"{"a": [1, null]}"#.to_owned()),
        Value::Bytes(vec![0, 255, 39]),
        Value::Text(String::new()),
    ];
    Row {
        tenant: tenant.into(),
        values,
    }
}

/// Null wherever a column takes it.
fn nulls(tenant: &str, name: &str, number: i64) -> Row {
    let mut row = row(tenant, name, number);
    for (column, value) in COLUMNS.iter().zip(&mut row.values) {
        if column.nullable {
            *value = Value::Null;
        }
    }
    row
}

fn place(row: &Row) -> RowPlace {
    RowPlace {
        tenant: Arc::clone(&row.tenant),
        key: vec![row.values[0].clone(), row.values[4].clone()],
    }
}

async fn memory() -> Backend {
    Backend::connect("sqlite::memory:", &StoreOptions::default())
        .await
        .expect("a store")
}

async fn make(backend: &Backend, table: &Table) {
    let mut tx = backend.begin().await.expect("begun");
    backend.create_table(&mut tx, table).await.expect("made");
    // A second time changes nothing.
    backend.create_table(&mut tx, table).await.expect("there");
    for _ in 0..2 {
        let made = backend.create_indexes(&mut tx, table).await;
        made.expect("made");
    }
    tx.commit().await.expect("committed");
}

async fn rows(backend: &Backend) {
    let table = table("every_v1");
    make(backend, &table).await;
    let found = backend.describe_table("every_v1").await.expect("described");
    assert_eq!(found, Some(backend.expected_columns(&table)));

    let mut written: Vec<Row> = (0..300).map(|n| row("", "b", n)).collect();
    written.extend([nulls("", "B", 7), row("acme", "b", 1), row("", "a", -1)]);
    let mut tx = backend.begin().await.expect("begun");
    for _ in 0..2 {
        let done = backend.write_rows(&mut tx, &table, &written).await;
        done.expect("written");
    }
    let places: Vec<RowPlace> = written.iter().map(place).collect();
    let mut loaded = backend
        .load_rows(&mut tx, &table, &places)
        .await
        .expect("loaded");
    tx.commit().await.expect("committed");

    let order = |row: &Row| match (&row.values[0], &row.values[4]) {
        (Value::Text(name), Value::Integer(number)) => (row.tenant.clone(), name.clone(), *number),
        other => panic!("{other:?}"),
    };
    loaded.sort_by_key(order);
    written.sort_by_key(order);
    assert_eq!(loaded, written);

    let mut all = Vec::new();
    let mut each = |row| {
        all.push(row);
        Ok(())
    };
    backend
        .all_rows(&table, None, &mut each)
        .await
        .expect("read");
    assert_eq!(all, written, "in the order of the bytes of the keys");
    assert_eq!(
        backend.count_rows(&table, None).await.expect("counted"),
        303
    );
    let of_acme = backend.count_rows(&table, Some("acme")).await;
    assert_eq!(of_acme.expect("counted"), 1);

    let mut after: Option<Vec<Value>> = None;
    let mut paged = Vec::new();
    loop {
        let page = backend.read_rows(&table, "", after.as_deref(), 100).await;
        let page = page.expect("read");
        let Some(last) = page.last() else { break };
        after = Some(place(last).key);
        paged.extend(page);
    }
    assert_eq!(paged, written[..302]);
    let one = backend.read_row(&table, &place(&written[0])).await;
    assert_eq!(one.expect("read").as_ref(), Some(&written[0]));

    let mut tx = backend.begin().await.expect("begun");
    let done = backend.delete_rows(&mut tx, &table, &places[..150]).await;
    done.expect("deleted");
    tx.commit().await.expect("committed");
    assert_eq!(
        backend.count_rows(&table, None).await.expect("counted"),
        153
    );
    let gone = backend.read_row(&table, &places[0]).await.expect("read");
    assert_eq!(gone, None);

    let mut tx = backend.begin().await.expect("begun");
    backend.clear_table(&mut tx, &table).await.expect("emptied");
    let mut wrong = row("", "a", 1);
    wrong.values[2] = Value::Text("1".to_owned());
    let error = backend.write_rows(&mut tx, &table, &[wrong]).await;
    let error = error.expect_err("of another kind");
    assert_eq!(error.kind(), ErrorKind::ReadModel, "{error:?}");
    tx.commit().await.expect("committed");
    assert_eq!(backend.count_rows(&table, None).await.expect("counted"), 0);
}

async fn tables(backend: &Backend, by_hand: &str) {
    let mut tx = backend.begin().await.expect("begun");
    hand(&mut tx, by_hand).await;
    for name in ["mine"] {
        for error in [
            backend.create_table(&mut tx, &table(name)).await,
            backend.clear_table(&mut tx, &table(name)).await,
            backend.drop_table(&mut tx, name).await,
            backend.point_view(&mut tx, name, &table(name)).await,
        ] {
            let error = error.expect_err("not ours");
            assert_eq!(error.kind(), ErrorKind::ReadModel, "{error:?}");
        }
    }
    tx.commit().await.expect("committed");

    let (old, new) = (table("view_v1"), table("view_v2"));
    let other = Table {
        name: "view_v3".to_owned(),
        columns: &COLUMNS[..6],
    };
    for table in [&old, &new, &other] {
        make(backend, table).await;
        let mut tx = backend.begin().await.expect("begun");
        backend
            .point_view(&mut tx, "view", table)
            .await
            .expect("pointed");
        tx.commit().await.expect("committed");
    }
    let mut tx = backend.begin().await.expect("begun");
    let changed = Table {
        name: "view_v1".to_owned(),
        columns: &COLUMNS[..6],
    };
    let error = backend.create_table(&mut tx, &changed).await;
    let error = error.expect_err("of other columns");
    assert_eq!(error.kind(), ErrorKind::ReadModel, "{error:?}");
    for table in ["view_v1", "view_v2", "view_v2"] {
        backend.drop_table(&mut tx, table).await.expect("dropped");
    }
    tx.commit().await.expect("committed");
    let gone = backend.describe_table("view_v1").await;
    assert_eq!(gone.expect("looked"), None);
    let error = backend.count_rows(&old, None).await.expect_err("missing");
    assert_eq!(error.kind(), ErrorKind::ReadModel, "{error:?}");
    assert!(error.to_string().contains("view_v1"), "{error}");
}

async fn hand(tx: &mut Tx, sql: &str) {
    let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    let done = match tx.as_sqlite() {
        Some(connection) => sql.execute(connection).await.map(|_| ()),
        None => {
            let connection = tx.as_postgres().expect("one of the two");
            sql.execute(connection).await.map(|_| ())
        }
    };
    done.expect("run by hand");
}

fn part(partition: u32) -> PartId {
    PartId {
        projection: "balances".into(),
        version: 2,
        partition,
    }
}

const BUILD: NewBuild<'static> = NewBuild {
    name: "balances",
    version: 2,
    fingerprint: "f",
    mode: "following",
    status: Status::Building,
    partitions: 3,
    checkpoint: 5,
    effects_after: 4,
};

async fn state(backend: &Backend) {
    let mut tx = backend.begin().await.expect("begun");
    backend
        .lock_build(&mut tx, "balances")
        .await
        .expect("locked");
    assert!(backend.add_build(&mut tx, &BUILD).await.expect("added"));
    assert!(!backend.add_build(&mut tx, &BUILD).await.expect("there"));
    let change = BuildChange {
        status: Some(Status::Following),
        is_current: Some(true),
        ..BuildChange::default()
    };
    let changed = backend.change_build(&mut tx, "balances", 2, change).await;
    changed.expect("changed");
    tx.commit().await.expect("committed");
    let builds = backend.builds().await.expect("read");
    let [build] = &builds[..] else {
        panic!("{builds:?}")
    };
    assert_eq!((build.status, build.is_current), (Status::Following, true));
    assert_eq!((&*build.fingerprint, build.effects_after), ("f", 4));

    let lease = Duration::from_secs(60);
    assert_eq!(alive(backend, "one").await, 1);
    assert_eq!(alive(backend, "two").await, 2);
    let wanted = [part(0), part(1), part(2)];
    let taken = backend
        .take_leases("one", &wanted, 2, Duration::ZERO, lease)
        .await
        .expect("taken");
    assert_eq!(taken.len(), 2);
    assert!(taken.iter().all(|partition| partition.is_leased));
    let taken = backend
        .take_leases("two", &wanted, 2, Duration::ZERO, lease)
        .await
        .expect("taken");
    assert_eq!(taken.len(), 1);
    let kept = backend.keep_leases("one", lease).await.expect("kept");
    assert_eq!(kept, [part(0), part(1)]);
    backend
        .return_leases("one", &wanted[..1])
        .await
        .expect("returned");
    // One that ran out is free.
    let kept = backend
        .keep_leases("one", Duration::ZERO)
        .await
        .expect("kept");
    assert_eq!(kept, [part(1)]);
    let taken = backend
        .take_leases("two", &wanted, 9, lease, lease)
        .await
        .expect("asked");
    assert_eq!(taken, [], "nobody had a lease, but not for so long");
    let taken = backend
        .take_leases("two", &wanted, 9, Duration::ZERO, lease)
        .await
        .expect("taken");
    assert_eq!(taken.len(), 2);
    assert_eq!(backend.keep_leases("one", lease).await.expect("kept"), []);

    let stop = backend.stop_partition(&part(0), "newer", 6, "one").await;
    assert!(!stop.expect("asked"), "who has no lease stops nothing");
    let stop = backend.stop_partition(&part(0), "newer", 5, "two").await;
    assert!(!stop.expect("asked"), "the checkpoint is there already");
    let stop = backend.stop_partition(&part(0), "newer", 6, "two").await;
    assert!(stop.expect("stopped"));
    let taken = backend
        .take_leases("one", &wanted, 9, Duration::ZERO, lease)
        .await
        .expect("taken");
    assert_eq!(taken, []);
    let partitions = backend.partitions().await.expect("read");
    assert_eq!(partitions[0].stopped, Some(("newer".to_owned(), 6)));
    let mut tx = backend.begin().await.expect("begun");
    backend
        .restart_partition(&mut tx, &part(0))
        .await
        .expect("restarted");
    let held = backend
        .lock_partition(&mut tx, &part(1))
        .await
        .expect("locked");
    let held = held.expect("there");
    assert_eq!((held.checkpoint, held.effects_after), (5, 4));
    assert_eq!(held.owner.as_deref(), Some("two"));
    assert_eq!(held.status, Status::Following);
    backend
        .move_partition(&mut tx, &part(1), 9)
        .await
        .expect("moved");
    let none = backend.lock_partition(&mut tx, &part(3)).await;
    assert_eq!(none.expect("looked"), None);
    tx.commit().await.expect("committed");
    let partitions = backend.partitions().await.expect("read");
    let checkpoints: Vec<i64> = partitions.iter().map(|it| it.checkpoint).collect();
    assert_eq!(checkpoints, [5, 9, 5]);
    backend.worker_gone("two").await.expect("gone");
    let partitions = backend.partitions().await.expect("read");
    assert!(partitions.iter().all(|partition| partition.lease.is_none()));
    assert_eq!(partitions[0].stopped, None);
    assert_eq!(alive(backend, "one").await, 1);
}

async fn parked(backend: &Backend) {
    let tenant: Arc<str> = "acme".into();
    let event = |position, error: Option<&str>| NewParked {
        tenant: Arc::clone(&tenant),
        key: "1".to_owned(),
        position,
        event_id: Uuid::from_u128(1),
        stream: "account-1".to_owned(),
        event_type: "opened".to_owned(),
        error: error.map(str::to_owned),
        attempts: u32::from(error.is_some()),
    };
    let place = ParkedPlace {
        projection: "balances",
        version: 2,
        tenant: &tenant,
        key: "1",
    };
    let mut tx = backend.begin().await.expect("begun");
    assert!(
        !backend
            .has_parked(&mut tx, "balances", 2)
            .await
            .expect("asked")
    );
    let events = [event(7, None), event(6, Some("no"))];
    for _ in 0..2 {
        backend
            .park(&mut tx, &part(1), &events)
            .await
            .expect("parked");
    }
    assert!(
        backend
            .has_parked(&mut tx, "balances", 2)
            .await
            .expect("asked")
    );
    let asked = [("", "1"), ("acme", "1"), ("acme", "2")];
    let asked = asked.map(|(tenant, key)| (Arc::from(tenant), key.to_owned()));
    let keys = backend.parked_keys(&mut tx, "balances", 2, &asked).await;
    assert_eq!(keys.expect("asked"), [asked[1].clone()]);
    let found = backend.parked_of(&mut tx, place).await.expect("read");
    let seen: Vec<_> = found
        .iter()
        .map(|it| (it.position, it.error.as_deref(), it.attempts))
        .collect();
    assert_eq!(seen, [(6, Some("no"), 1), (7, None, 0)]);
    assert_eq!(found[0].part, part(1));
    tx.commit().await.expect("committed");
    assert_eq!(backend.parked(None, 1).await.expect("read"), found[..1]);
    assert_eq!(backend.parked(Some("other"), 9).await.expect("read"), []);
    let count = backend.count_parked().await.expect("counted");
    assert_eq!(count, [("balances".to_owned(), 2, 2)]);

    let head = |stream: &str, version| InlineHead {
        tenant: Arc::clone(&tenant),
        stream: stream.to_owned(),
        version,
    };
    let mut tx = backend.begin().await.expect("begun");
    backend
        .unpark(&mut tx, place, &[6])
        .await
        .expect("unparked");
    for heads in [[head("a", 1), head("b", 1)], [head("b", 2), head("c", 1)]] {
        let set = backend
            .set_inline_heads(&mut tx, "balances", 2, &heads)
            .await;
        set.expect("set");
    }
    let asked = ["b", "a", "d"].map(|stream| (Arc::clone(&tenant), stream.to_owned()));
    let heads = backend.inline_heads(&mut tx, "balances", 2, &asked).await;
    assert_eq!(heads.expect("read"), [head("a", 1), head("b", 2)]);

    let savepoint = tx.savepoint().await.expect("marked");
    let inner = tx.savepoint().await.expect("marked");
    backend
        .remove_build(&mut tx, "balances", 2)
        .await
        .expect("removed");
    tx.release(&inner).await.expect("released");
    tx.roll_back_to(savepoint).await.expect("rolled back");
    assert!(
        backend
            .has_parked(&mut tx, "balances", 2)
            .await
            .expect("asked")
    );
    backend
        .remove_build(&mut tx, "balances", 2)
        .await
        .expect("removed");
    tx.commit().await.expect("committed");
    assert_eq!(backend.builds().await.expect("read"), []);
    assert_eq!(backend.partitions().await.expect("read"), []);
    assert_eq!(backend.count_parked().await.expect("read"), []);
}

/// Each event is told by its tenant and its position.
async fn feed(backend: &Backend) {
    let tenants = ["", "acme", "acme", "", "globex"];
    for (number, tenant) in tenants.into_iter().enumerate() {
        let row = append::Row {
            event_id: Uuid::now_v7(),
            event_type: "opened".into(),
            schema_version: 1,
            payload: "{}".to_owned(),
            metadata: None,
            correlation: None,
            occurred_at: None,
        };
        let head = append::Head {
            stream: StreamId::new("account", number),
            expected: Expected::NoStream,
            seen: None,
            keys: Vec::new(),
            rows: vec![row],
        };
        let group = append::Group {
            tenant: tenant.into(),
            heads: vec![head],
        };
        let receipts = backend.append(&[group]).await;
        assert!(receipts.iter().all(Result::is_ok), "{receipts:?}");
    }
    let read = async |tenant, limit| {
        let request = FeedRequest {
            tenant,
            after: Position::new(0),
            types: None,
            categories: None,
            limit,
            facts_alone: false,
            since: Instant::now(),
            older_will_do: false,
        };
        backend.feed(request).await.expect("read").events
    };
    let of = |events: &[RecordedEvent]| -> Vec<(String, u64)> {
        let told = events.iter().map(RecordedEvent::recorded);
        told.map(|it| (it.tenant().to_owned(), it.position().get()))
            .collect()
    };
    let told = |places: &[usize]| -> Vec<(String, u64)> {
        let told = places
            .iter()
            .map(|&at| (tenants[at].to_owned(), at as u64 + 1));
        told.collect()
    };
    assert_eq!(of(&read(None, 10).await), told(&[0, 1, 2, 3, 4]));
    assert_eq!(of(&read(None, 2).await), told(&[0, 1]));
    assert_eq!(of(&read(Some("acme"), 10).await), told(&[1, 2]));
    assert_eq!(of(&read(Some(""), 10).await), told(&[0, 3]));

    let acme: Arc<str> = "acme".into();
    let mut tx = backend.begin().await.expect("begun");
    let events = backend.events_at(&mut tx, &acme, &[3, 2, 1, 9]).await;
    assert_eq!(of(&events.expect("read")), told(&[1, 2]));
    tx.commit().await.expect("committed");
    let event = backend.event_at(&acme, 3).await.expect("read");
    assert_eq!(of(event.as_slice()), told(&[2]));
    let event = backend.event_at(&acme, 4).await.expect("read");
    assert_eq!(event, None, "it is another tenant's");
}

/// How many workers there are that follow with the same as this one.
async fn alive(backend: &Backend, worker: &str) -> u32 {
    let serves = ["balances_v2".to_owned()];
    let lease = Duration::from_secs(60);
    let alive = backend.worker_seen(worker, lease, &serves).await;
    alive.expect("seen")["balances_v2"]
}

#[tokio::test]
async fn events_of_all_tenants_are_read_in_one_order() {
    feed(&memory().await).await;
}

#[tokio::test]
async fn rows_come_back_as_they_were_written() {
    rows(&memory().await).await;
}

#[tokio::test]
async fn tables_of_others_are_not_touched_and_views_show_one_table_after_another() {
    tables(
        &memory().await,
        "create table mine (id integer primary key)",
    )
    .await;
}

#[tokio::test]
async fn the_state_and_the_leases_of_projections_are_kept() {
    state(&memory().await).await;
}

#[tokio::test]
async fn events_are_parked_and_unparked() {
    let backend = memory().await;
    let mut tx = backend.begin().await.expect("begun");
    assert!(backend.add_build(&mut tx, &BUILD).await.expect("added"));
    tx.commit().await.expect("committed");
    parked(&backend).await;
}
