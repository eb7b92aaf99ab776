//! Proves that annals keeps its promises: many clients in several processes work on one store, while faults are done to it;
//! afterwards what they wrote down is held against what lies in the database.
//!
//! `prove --store <postgres|sqlite|URL> --seconds N --seed S [--plant <bug>]` ends with one line
//! `operations=N faults=N guarantees=N violations=0`. The exit code is 1 where a guarantee was broken, and 2 where the call is
//! wrong. A bug can be planted, to see that it is found.

mod aggregates;
mod arguments;
mod check;
mod clock;
mod crew;
mod domain;
mod end;
mod fault;
mod field;
mod history;
mod machine;
mod models;
mod operator;
mod payload;
mod plan;
mod plant;
mod random;
mod raw;
mod report;
mod rollout;
mod run;
mod stored;
mod verdict;
mod worker;

use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [word, settings] if word == "worker" => return of_worker(settings),
        [word, order] if word == "operator" => return of_operator(order),
        [word] if word == "--help" || word == "-h" => {
            let _ = writeln!(io::stdout(), "{}", arguments::usage());
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let asked = match arguments::Arguments::of(&arguments) {
        Ok(asked) => asked,
        Err(what) => {
            let _ = writeln!(io::stderr(), "{what}\n{}", arguments::usage());
            return ExitCode::from(2);
        }
    };
    match runtime().and_then(|runtime| runtime.block_on(run::run(&asked)).map_err(io::Error::other))
    {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(io::stderr(), "nothing was proved: {error}");
            ExitCode::from(3)
        }
    }
}

fn of_worker(settings: &str) -> ExitCode {
    let done = serde_json::from_str(settings)
        .map_err(io::Error::from)
        .and_then(|settings| runtime()?.block_on(worker::run(settings)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "a worker ends: {error}");
            ExitCode::from(3)
        }
    }
}

fn of_operator(order: &str) -> ExitCode {
    let done = serde_json::from_str(order)
        .map_err(io::Error::from)
        .and_then(|order| runtime()?.block_on(operator::run(order)));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        // Why is in the history.
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(io::stderr(), "an operator ends: {error}");
            ExitCode::from(3)
        }
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
