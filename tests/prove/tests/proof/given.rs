//! Stores that were there are left as they were.

use annals_tests::Cluster;
use sqlx::Connection;

use crate::{numbers, prove, told};

/// A server that runs is used in a database of its own, which is gone afterwards, and so is what a role made that may make none.
#[test]
fn a_postgresql_that_was_there_is_left_as_it_was() {
    let cluster = Cluster::start_new();
    let tables = "select count(*) from pg_class where relnamespace not in ('pg_catalog'::regnamespace, \
                  'information_schema'::regnamespace, 'pg_toast'::regnamespace)";
    let databases = "select count(*) from pg_database";
    let counts = || [tables, databases].map(|sql| number(&cluster, sql));
    let before = counts();
    cluster.restore(
        "postgres",
        "create role plain login; alter database postgres owner to plain; grant all on schema public to plain",
    );
    let of_owner = cluster.url("postgres");
    let of_plain = of_owner.replace("postgres@", "plain@");
    for url in [&of_owner, &of_plain] {
        let output = prove(&["--store", url, "--seconds", "3", "--seed", "2"]);
        let [operations, faults, _, violations] = numbers(&output);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert!(
            operations > 100 && faults > 0 && violations == 0,
            "{}",
            told(&output)
        );
        assert_eq!(counts(), before, "{url}: {}", told(&output));
    }
    cluster.restore("postgres", "create schema annals");
    let output = prove(&["--store", &of_plain, "--seconds", "1", "--seed", "2"]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(
        told(&output).contains("a database without that schema"),
        "{}",
        told(&output)
    );
}

/// The number that a query answers.
fn number(cluster: &Cluster, sql: &'static str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut connection = sqlx::PgConnection::connect(&cluster.url("postgres"))
            .await
            .expect("connected");
        let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        number.expect("a number")
    })
}

/// A file is made, and is gone afterwards.
#[test]
fn a_file_that_is_named_is_made_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("its.db");
    let url = format!("sqlite:{}", path.display());
    let output = prove(&["--store", &url, "--seconds", "3", "--seed", "2"]);
    let [operations, faults, _, violations] = numbers(&output);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(
        operations > 100 && faults > 0 && violations == 0,
        "{}",
        told(&output)
    );
    let left = std::fs::read_dir(folder.path()).expect("readable").count();
    assert_eq!(left, 0, "{}", told(&output));

    std::fs::write(&path, "somebody's").expect("written");
    for (url, what) in [
        (&*url, "exists already"),
        ("sqlite::memory:", "names no file"),
        ("sqlite:/no/such/folder/its.db", "lies in no folder"),
        (
            "postgres://nobody@127.0.0.1:1/none",
            "no server lets us in at 127.0.0.1:1",
        ),
    ] {
        let output = prove(&["--store", url, "--seconds", "1", "--seed", "2"]);
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        assert!(told(&output).contains(what), "{what}: {}", told(&output));
        assert!(told(&output).contains("expected is"), "{}", told(&output));
    }
    assert_eq!(std::fs::read(&path).expect("readable"), b"somebody's");
}
