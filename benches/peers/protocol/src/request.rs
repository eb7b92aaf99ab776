//! What a program is asked: `PROGRAM VERB key=value ...`.

use std::collections::HashMap;
use std::time::Duration;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Print the version of the system.
    Version,
    /// Make the tables, in a new database.
    Schema,
    /// Store the events of a data set.
    Seed,
    /// Run a workload, and print its figures.
    Run,
}

/// What is stored before a workload is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dataset {
    /// Many short streams, one that everybody wants, and two long ones.
    Short,
    /// Streams of equal length, to be read from the first event to the last.
    Replay,
    /// As `Replay`, with half of the events in a version that needs two upcasts.
    Mixed,
    /// Nothing.
    Empty,
}

/// A call of a program.
#[derive(Debug, Clone)]
pub struct Request {
    pub verb: Verb,
    entries: HashMap<String, String>,
}

impl Request {
    /// Reads the arguments of the program. Panics where they are none of the protocol's.
    pub fn from_args() -> Self {
        let mut args = std::env::args().skip(1);
        let verb = match args.next().as_deref() {
            Some("version") => Verb::Version,
            Some("schema") => Verb::Schema,
            Some("seed") => Verb::Seed,
            Some("run") => Verb::Run,
            other => {
                panic!(
                    "the first argument is {other:?}, which is none of version, schema, seed, run"
                )
            }
        };
        let entries = args.map(|arg| match arg.split_once('=') {
            Some((key, value)) => (key.to_owned(), value.to_owned()),
            None => panic!("{arg:?} is not of the form key=value"),
        });
        Request {
            verb,
            entries: entries.collect(),
        }
    }

    /// An argument as text.
    pub fn text(&self, key: &str) -> &str {
        match self.entries.get(key) {
            Some(value) => value,
            None => panic!("the argument {key}= is missing"),
        }
    }

    /// An argument as a number.
    pub fn count(&self, key: &str) -> usize {
        let value = self.text(key);
        match value.parse() {
            Ok(count) => count,
            Err(error) => panic!("{key}={value}: {error}"),
        }
    }

    /// The address of the database.
    pub fn database(&self) -> &str {
        self.text("database")
    }

    /// How many connections a system may have.
    pub fn connections(&self) -> u32 {
        self.count("connections") as u32
    }

    /// After which time a workload that takes too long is stopped, and what it has done is counted.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.count("limit") as u64)
    }

    pub fn dataset(&self) -> Dataset {
        match self.text("dataset") {
            "short" => Dataset::Short,
            "replay" => Dataset::Replay,
            "mixed" => Dataset::Mixed,
            "empty" => Dataset::Empty,
            other => panic!("dataset={other} is not known"),
        }
    }
}
