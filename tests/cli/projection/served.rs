//! `serve`, as a process that is told to stop.

use std::process::Stdio;
use std::time::Duration;

use annals_tests::{Database, contract};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use super::models::{command, deposits, first, number};

contract![
    it_follows_until_it_is_told_to_stop,
    it_ends_by_ctrl_c_as_well,
    what_cannot_be_followed_is_an_error,
];

const PATIENCE: Duration = Duration::from_secs(60);

/// The program, and the first line that it said.
async fn served(database: &Database, arguments: &[&str]) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_served"))
        .arg("serve")
        .args(arguments)
        .env("STORE", database.url())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let out = child.stdout.as_mut().expect("an output");
    let mut line = String::new();
    let mut out = BufReader::new(out);
    let said = tokio::time::timeout(PATIENCE, out.read_line(&mut line)).await;
    said.expect("it says something").expect("text");
    (child, line)
}

/// Sends a signal, and waits for the end.
async fn told(mut child: Child, signal: &str) -> (Option<i32>, String) {
    let id = child.id().expect("it runs").to_string();
    let kill = Command::new("kill").args([signal, &id]).status().await;
    assert!(kill.expect("`kill` runs").success());
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
    let status = ended.expect("it ends").expect("a status");
    let mut messages = String::new();
    let stderr = child.stderr.as_mut().expect("messages");
    stderr.read_to_string(&mut messages).await.expect("text");
    (status.code(), messages)
}

async fn has_sum(database: &Database, cents: i64) {
    let sum = "select cast(coalesce(sum(cents), 0) as bigint) from {balances}";
    let waited = tokio::time::timeout(PATIENCE, async {
        while number(database, sum).await != cents {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it follows");
}

async fn it_follows_until_it_is_told_to_stop(database: &Database) {
    deposits(database, "1", &[5]).await;
    let (child, line) = served(database, &[]).await;
    assert_eq!(line, "following balances v1\n");
    has_sum(database, 5).await;
    deposits(database, "2", &[7]).await;
    has_sum(database, 12).await;
    let ended = told(child, "-TERM").await;
    let said = "stopping: what is being handled is finished first\n".to_owned();
    assert_eq!(ended, (Some(0), said));
    // Nobody has to wait for its leases to run out.
    let ran = command::<first::Balance>(database, &["projection", "status"]).await;
    assert!(ran.out.ends_with(", nobody follows\n"), "{ran:?}");
}

async fn it_ends_by_ctrl_c_as_well(database: &Database) {
    database.store().await.close().await;
    let (child, line) = served(database, &["--format", "json"]).await;
    assert_eq!(line, "{\n");
    assert_eq!(told(child, "-INT").await.0, Some(0));
}

async fn what_cannot_be_followed_is_an_error(database: &Database) {
    deposits(database, "1", &[5]).await;
    let ran = command::<super::models::second::Balance>(database, &["migrate", "run"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = command::<first::Balance>(database, &["serve"]).await;
    ran.is(
        2,
        "",
        "error: projection `balances` is declared as version 1, which is not built yet: the database has version 2\n\
         help: run `migrate run` of this program (`cargo run -- migrate run`): it builds the new version beside the old one\n",
    );
}
