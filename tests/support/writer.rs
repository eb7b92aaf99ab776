//! A program that writes, for tests that kill it: `writer <url> <how often> <mark>`.
//!
//! Each round appends its mark to three streams in one group, and sends a command to an account that all writers share.
//! What was answered is told on the standard output, line by line.

use std::io::Write;

use annals::{Append, Expected};
use annals_tests::domain::{Account, Deposit, account, deposited};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, rounds, mark] = arguments.as_slice() else {
        panic!("writer <url> <how often> <mark>: {arguments:?}")
    };
    let rounds: i64 = rounds.parse().expect("a number");
    let mark: i64 = mark.parse().expect("a number");
    let options = annals_tests::options().command_attempts(100_000);
    let store = options.connect(url).await.expect("the store opens");
    let shared = store.aggregate::<Account>("shared");
    for round in 0..rounds {
        let mark = mark * 1_000_000 + round;
        let group = Append::to(&account("a"), Expected::Any, [deposited(mark)])
            .and(&account("b"), Expected::Any, [deposited(mark)])
            .and(&account("c"), Expected::Any, [deposited(mark)]);
        store.append(group).await.expect("stored");
        tell(&format!("group {mark}"));
        shared.execute(Deposit(1)).await.expect("stored");
        tell("command");
    }
    store.close().await;
}

fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .expect("somebody listens");
}
