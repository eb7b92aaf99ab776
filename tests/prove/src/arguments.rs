//! What is asked for on the command line.

use crate::plant::Plant;

/// What to do, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) store: Place,
    pub(crate) seconds: u64,
    pub(crate) seed: u64,
    pub(crate) plant: Option<Plant>,
    pub(crate) failover: Option<Failover>,
    pub(crate) workers: usize,
    pub(crate) clients: usize,
    /// Where the history stays; otherwise it is removed.
    pub(crate) keep: Option<std::path::PathBuf>,
}

/// How the standby follows, to which there is a failover at half time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failover {
    /// A commit is answered when the standby has it.
    Synchronous,
    /// The standby follows when it can.
    Asynchronous,
}

/// Which store to prove.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// A PostgreSQL server that is started for it.
    Postgres,
    /// A SQLite file that is made for it.
    Sqlite,
    /// A database that is there, and empty.
    Url(String),
}

/// How it is called.
pub(crate) fn usage() -> String {
    let plants: Vec<&str> = Plant::ALL.into_iter().map(Plant::name).collect();
    format!(
        "prove --store <postgres|sqlite|URL> --seconds <N> --seed <S> [--plant <bug>] [--failover <synchronous|asynchronous>] \
         [--workers <N>] [--clients <N>] [--keep <folder>]\n\
         \n\
         Lets <workers> processes of <clients> clients work on one store while faults are done to it, and holds what they were \
         told against what is stored. Prints a report in Markdown, of which the last line counts the violations.\n\
         \n\
         stores:\n\
         \x20 postgres            a server that is started for it, on a disk of its own where that can be mounted\n\
         \x20 sqlite              a file that is made for it, likewise\n\
         \x20 postgres://…        a server that runs. Made is a database `annals_prove_<process>`, which is dropped at the end. Where \
         the role may make none, the schema `annals` and tables `prove_…` are made in the one that is named, which must not have \
         such a schema, and dropped at the end. The server is neither killed nor paused; connections of the same role to that \
         database are terminated and cut\n\
         \x20 sqlite:<path>       a file that does not exist, which is made, and removed at the end with those beside it\n\
         Where `prove` itself is killed, what it made stays.\n\
         \n\
         --keep <folder>       the history stays there, as lines of JSON; otherwise nothing stays\n\
         --failover            at half time the server is lost for good and a standby takes over; needs `--store postgres`\n\
         --plant               a bug that must be found: {}\n\
         \n\
         exit code: 0 nothing is broken, 1 a guarantee is, 2 a wrong call, 3 nothing could be proved",
        plants.join(", ")
    )
}

impl Arguments {
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn of(arguments: &[String]) -> Result<Self, String> {
        let mut store = None;
        let mut asked = Arguments {
            store: Place::Sqlite,
            seconds: 0,
            seed: 0,
            plant: None,
            failover: None,
            workers: 3,
            clients: 6,
            keep: None,
        };
        let (mut seconds, mut seed) = (None, None);
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            let value = arguments
                .next()
                .ok_or_else(|| format!("`{name}` needs a value"))?;
            match name.as_str() {
                "--store" => store = Some(place(value)?),
                "--seconds" => seconds = Some(number(name, value)?),
                "--seed" => seed = Some(number(name, value)?),
                "--workers" => asked.workers = small(name, value)?,
                "--clients" => asked.clients = small(name, value)?,
                "--failover" => asked.failover = Some(failover(value)?),
                "--keep" => asked.keep = Some(value.into()),
                "--plant" => {
                    let plant = Plant::of_name(value);
                    asked.plant =
                        Some(plant.ok_or_else(|| format!("there is no bug `{value}` to plant"))?);
                }
                _ => return Err(format!("`{name}` is not understood")),
            }
        }
        asked.store = store.ok_or("`--store` is missing")?;
        asked.seconds = seconds.ok_or("`--seconds` is missing")?;
        asked.seed = seed.ok_or("`--seed` is missing")?;
        if asked.failover.is_some() && asked.store != Place::Postgres {
            return Err(
                "`--failover` needs `--store postgres`, with a server of its own".to_owned(),
            );
        }
        if asked.plant == Some(Plant::StandbyBehind)
            && asked.failover != Some(Failover::Synchronous)
        {
            return Err(
                "this bug is one of a failover: `--failover synchronous` is missing".to_owned(),
            );
        }
        match asked.plant.and_then(Plant::harmless_in_sqlite) {
            Some(why) if asked.store.is_sqlite() => {
                Err(format!("this bug does no harm here: {why}"))
            }
            _ => Ok(asked),
        }
    }
}

impl Place {
    fn is_sqlite(&self) -> bool {
        match self {
            Place::Postgres => false,
            Place::Sqlite => true,
            Place::Url(url) => !crate::raw::is_postgres(url),
        }
    }
}

/// What the addresses of stores begin with.
const SCHEMES: [&str; 3] = ["postgres://", "postgresql://", "sqlite:"];

fn place(value: &str) -> Result<Place, String> {
    match value {
        "postgres" => Ok(Place::Postgres),
        "sqlite" => Ok(Place::Sqlite),
        url if SCHEMES.iter().any(|scheme| url.starts_with(scheme)) => {
            Ok(Place::Url(url.to_owned()))
        }
        _ => Err(format!(
            "`{value}` is no store: expected is `postgres`, `sqlite`, `postgres://user:password@host:port/database` or \
             `sqlite:<path>`"
        )),
    }
}

fn number(name: &str, value: &str) -> Result<u64, String> {
    value
        .parse()
        .map_err(|_| format!("`{name} {value}`: a whole number is expected"))
}

fn small(name: &str, value: &str) -> Result<usize, String> {
    match value.parse() {
        Ok(number @ 1..=64) => Ok(number),
        _ => Err(format!(
            "`{name} {value}`: a number from 1 to 64 is expected"
        )),
    }
}

fn failover(value: &str) -> Result<Failover, String> {
    match value {
        "synchronous" => Ok(Failover::Synchronous),
        "asynchronous" => Ok(Failover::Asynchronous),
        _ => Err(format!(
            "`{value}` is no failover: it is `synchronous` or `asynchronous`"
        )),
    }
}
