//! Disks without room. Each test mounts a small one for itself.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use annals::{Append, ErrorKind, Expected, NewEvent, Store};
use annals_tests::domain::{Opened, account, deposits};
use annals_tests::{Cluster, Database, SmallDisk};

use crate::{one, says};

/// A disk of a few megabytes in memory.
fn small_disk(megabytes: u32) -> SmallDisk {
    SmallDisk::mount(megabytes).unwrap_or_else(|why| {
        panic!(
            "a full disk needs a small one: run this test as root, in a container with the right to mount \
             (`docker run --cap-add SYS_ADMIN`), or as a user who may `sudo mount` without a password: {why}"
        )
    })
}

/// Leaves no room at all.
fn fill(disk: &SmallDisk) -> PathBuf {
    let path = disk.path().join("filler");
    let mut file = File::create(&path).expect("a file");
    for size in [1 << 16, 1 << 12, 1 << 9, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    path
}

/// An append of a size that fits into no page that is there already; compression does not help.
fn large(id: &str) -> Append {
    let mut seed = 1_u64;
    let owner = (0..400_000)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'a' + (seed >> 59) as u8 % 26)
        })
        .collect();
    let event = NewEvent::of(&Opened { owner });
    Append::to(&account(id), Expected::Any, [event])
}

async fn is_full_and_recovers(database: &Database, disk: &SmallDisk) {
    let store = database.store().await;
    store.append(one("1")).await.expect("stored");
    let filler = fill(disk);
    for _ in 0..2 {
        let group = large("1").and(&account("2"), Expected::NoStream, []);
        let error = store.append(group).await.expect_err("no room");
        says(
            &error,
            ErrorKind::Full,
            &[],
            &["room", "nothing was stored"],
        );
        assert!(!error.is_retryable(), "not before there is room");
    }
    assert_eq!(deposits(&store, &account("1")).await, [1]);
    let root = store.aggregate::<annals_tests::domain::Account>("1");
    assert_eq!(root.load().await.expect("loads").events, 1);

    fs::remove_file(filler).expect("removed");
    let receipt = store.append(large("1")).await.expect("there is room");
    assert_eq!(receipt.version().get(), 2);
    assert_eq!(root.load().await.expect("loads").events, 2);
}

#[tokio::test]
async fn a_full_disk_loses_nothing_in_sqlite() {
    let disk = small_disk(4);
    let database = Database::at(format!("sqlite://{}/bank.db", disk.path().display()));
    is_full_and_recovers(&database, &disk).await;
}

#[tokio::test]
async fn a_full_disk_loses_nothing_in_postgresql() {
    let disk = small_disk(24);
    let cluster = Cluster::start_new();
    let tables = disk.path().join("tables");
    fs::create_dir(&tables).expect("a folder");
    cluster.hand_over(&tables);
    let admin = Database::at(cluster.url("postgres"));
    let location = tables.display();
    admin
        .sql(&format!("CREATE TABLESPACE small LOCATION '{location}'"))
        .await;
    admin.sql("CREATE DATABASE bank TABLESPACE small").await;
    let database = Database::at(cluster.url("bank"));
    Store::migrate(database.url()).await.expect("migrated");
    is_full_and_recovers(&database, &disk).await;
}
