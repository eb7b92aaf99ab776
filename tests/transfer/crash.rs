//! Copies that are killed at any moment.

use std::process::Stdio;
use std::time::Duration;

use annals::transfer::{import, replay};
use annals_tests::{Database, contract};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::{app, both, deposit, events, exported, is_consistent, kept};

contract![
    a_killed_replay_is_run_again,
    an_aborted_replay_is_run_again,
    an_aborted_import_is_run_again,
];

async fn many(database: &Database) -> annals::Store {
    let source = database.store().await;
    for round in 0..20 {
        for id in ["a", "b", "c"] {
            deposit(&source, id, round * 3..round * 3 + 3).await;
        }
    }
    source
}

/// Kills the replayer after it has told so often how far it is; answers whether it was still running.
async fn killed(from: &str, to: &str, lines: usize) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_replayer"))
        .args([from, to])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for _ in 0..lines {
        let line = tokio::time::timeout(Duration::from_secs(60), out.next_line());
        if line.await.expect("in time").expect("readable").is_none() {
            return false;
        }
    }
    child.kill().await.expect("killed");
    true
}

async fn a_killed_replay_is_run_again(database: &Database) {
    let source = many(database).await;
    for target in both().await {
        let store = target.store().await;
        let mut stood = 0;
        for lines in [1, 3, 9, 20] {
            assert!(
                killed(database.url(), target.url(), lines).await,
                "too early to be done"
            );
            let there = events(&store).await;
            assert!(there.len() >= stood, "nothing gets lost");
            stood = there.len();
            assert_eq!(stood % 7, 0, "whole batches");
            assert_eq!(
                kept(&there),
                kept(&events(&source).await)[..stood],
                "a beginning"
            );
            is_consistent(&target).await;
        }
        assert!(stood > 7, "some were copied before it was killed");
        let app = app(&source);
        let told = replay(&app, &source).run(&store).await.expect("copied");
        assert_eq!((told.events, told.stored), (180, 180 - stood as u64));
        assert_eq!(kept(&events(&store).await), kept(&events(&source).await));
    }
}

async fn an_aborted_replay_is_run_again(database: &Database) {
    let source = many(database).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        for microseconds in [0, 300, 1_000, 3_000, 6_000, 10_000, 20_000, 40_000] {
            let replay = replay(&app, &source).batch(7).run(&store);
            let patience = Duration::from_micros(microseconds);
            // Dropped at whatever it was doing.
            if let Ok(done) = tokio::time::timeout(patience, replay).await {
                done.expect("copied");
            }
            is_consistent(&target).await;
        }
        let told = replay(&app, &source).run(&store).await.expect("copied");
        assert_eq!(told.events, 180);
        assert_eq!(kept(&events(&store).await), kept(&events(&source).await));
    }
}

async fn an_aborted_import_is_run_again(database: &Database) {
    let source = many(database).await;
    let text = exported(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        for microseconds in [0, 300, 1_000, 3_000, 6_000, 10_000, 20_000] {
            let import = import(&app, &store).batch(7).read(text.as_bytes());
            let patience = Duration::from_micros(microseconds);
            if let Ok(done) = tokio::time::timeout(patience, import).await {
                done.expect("imported");
            }
            is_consistent(&target).await;
        }
        import(&app, &store)
            .read(text.as_bytes())
            .await
            .expect("imported");
        assert_eq!(kept(&events(&store).await), kept(&events(&source).await));
    }
}
