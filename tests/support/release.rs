//! A release in a process of its own, for tests that kill it: `release <url> serve`, `release <url> migrate` or
//! `release <url> hang`.
//!
//! `serve` is the first release: it follows, and puts cents into accounts until its standard input ends; it tells the position
//! of each. `migrate` is the job of the second release, which tells how far it has come. `hang` is the same, and does not
//! come further than what it has written for the first time.

use std::io::Write;
use std::time::Duration;

use annals::migrate::{self, Progress, Run, Stage};
use annals_tests::releases::{app, deposit, first, open, second};
use tokio::io::AsyncReadExt;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, what] = arguments.as_slice() else {
        panic!("release <url> <what>: {arguments:?}")
    };
    let store = annals_tests::options().connect(url).await;
    let store = store.expect("the store opens");
    match what.as_str() {
        "serve" => serve(store).await,
        "migrate" => build(store, |_| {}).await,
        "hang" => build(store, hang).await,
        what => panic!("{what}"),
    }
}

async fn serve(store: annals::Store) {
    let running = app::<first::Balance>(store).start().await;
    let running = running.expect("it starts");
    let (store, mut input, mut byte) = (running.store(), tokio::io::stdin(), [0]);
    let mut pace = tokio::time::interval(Duration::from_millis(4));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for round in 0_u64.. {
        tokio::select! {
            _ = input.read(&mut byte) => break,
            _ = pace.tick() => {}
        }
        let account = format!("{}-{}", std::process::id(), round - round % 10);
        let receipt = match round % 10 {
            0 => open(store, &account, 1).await,
            _ => deposit(store, &account, 1).await,
        };
        let position = receipt.expect("stored").position();
        tell(&position.expect("an event").get().to_string());
    }
    running.stop().await;
}

async fn build(store: annals::Store, mut each: impl FnMut(&Progress) + Send) {
    let app = app::<second::Balance>(store);
    let mut report = |progress: &Progress| {
        let Progress {
            stage,
            from,
            position,
            events,
            ..
        } = progress;
        tell(&format!("{stage:?} {from} {position} {events}"));
        each(progress);
    };
    migrate::run(&app, Run::new(), &mut report)
        .await
        .expect("it is built");
}

/// Waits so long that what has been read is written next, and then for ever.
fn hang(progress: &Progress) {
    if progress.stage == Stage::Building {
        let is_first = progress.events <= 10_000;
        std::thread::sleep(Duration::from_secs(if is_first { 6 } else { 3600 }));
    }
}

fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .expect("somebody listens");
}
