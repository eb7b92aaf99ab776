use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::file::{LockError, aggregate_file, event_file, missing, parse, quoted, read_model_file};
use super::{INDEX, Lock};

/// The newest format of the files. It rises where an older annals would misread them.
const FORMAT: u32 = 2;

/// The format of a lock without read models, which an annals that knows none reads as well.
const WITHOUT_READ_MODELS: u32 = 1;

/// What is locked: the file that the compiler watches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Events, each with its newest version.
    pub events: BTreeMap<String, u32>,
    /// Names under which events were stored, each with the name of now.
    pub aliases: BTreeMap<String, String>,
    /// Aggregates.
    pub aggregates: BTreeSet<String>,
    /// Read models.
    pub read_models: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "format")]
    _format: u32,
    events: BTreeMap<String, u32>,
    #[serde(default)]
    aliases: BTreeMap<String, String>,
    aggregates: BTreeSet<String>,
    #[serde(default)]
    read_models: BTreeSet<String>,
}

impl Index {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// Where it is no index, or one of a newer format.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let Format { format } = parse(INDEX, text)?;
        if !(WITHOUT_READ_MODELS..=FORMAT).contains(&format) {
            return Err(LockError::new(
                INDEX,
                format!("is of format {format}, and this annals knows those up to {FORMAT}"),
                "use the release of annals that wrote it",
            ));
        }
        let file: File = parse(INDEX, text)?;
        Ok(Index {
            events: file.events,
            aliases: file.aliases,
            aggregates: file.aggregates,
            read_models: file.read_models,
        })
    }

    /// The index of a lock.
    #[must_use]
    pub fn of(lock: &Lock) -> Self {
        let events = lock.events.iter();
        Index {
            events: events
                .map(|(name, event)| (name.clone(), event.newest()))
                .collect(),
            aliases: lock
                .events
                .values()
                .flat_map(|event| {
                    let aliases = event.aliases.iter();
                    aliases.map(|alias| (alias.clone(), event.name.clone()))
                })
                .collect(),
            aggregates: lock.aggregates.keys().cloned().collect(),
            read_models: lock.read_models.keys().cloned().collect(),
        }
    }

    /// # Errors
    /// Where the files say something else than the index.
    pub(super) fn check(&self, lock: &Lock) -> Result<(), LockError> {
        let actual = Index::of(lock);
        for name in self.events.keys() {
            if !actual.events.contains_key(name) {
                return Err(missing(&event_file(name)));
            }
        }
        for name in &self.aggregates {
            if !actual.aggregates.contains(name) {
                return Err(missing(&aggregate_file(name)));
            }
        }
        for name in &self.read_models {
            if !actual.read_models.contains(name) {
                return Err(missing(&read_model_file(name)));
            }
        }
        if *self == actual {
            return Ok(());
        }
        Err(LockError::new(
            INDEX,
            "does not list what its files hold, as it happens where a merge went wrong",
            "take both lists together: every event with its newest version, every aggregate, and every read model",
        ))
    }
}

/// The text of the file.
impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.read_models.is_empty() {
            true => WITHOUT_READ_MODELS,
            false => FORMAT,
        };
        writeln!(f, "{{\n  \"format\": {format},")?;
        let events = self.events.iter();
        let events = events.map(|(name, newest)| format!("{}: {newest}", quoted(name)));
        writeln!(f, "  \"events\": {},", block(events.collect(), '{', '}'))?;
        if !self.aliases.is_empty() {
            let aliases = self.aliases.iter();
            let aliases =
                aliases.map(|(alias, name)| format!("{}: {}", quoted(alias), quoted(name)));
            writeln!(f, "  \"aliases\": {},", block(aliases.collect(), '{', '}'))?;
        }
        let names = |of: &BTreeSet<String>| {
            let names = of.iter().map(|name| quoted(name));
            block(names.collect(), '[', ']')
        };
        write!(f, "  \"aggregates\": {}", names(&self.aggregates))?;
        if !self.read_models.is_empty() {
            write!(f, ",\n  \"read_models\": {}", names(&self.read_models))?;
        }
        writeln!(f, "\n}}")
    }
}

/// One entry a line.
fn block(entries: Vec<String>, open: char, close: char) -> String {
    if entries.is_empty() {
        return format!("{open}{close}");
    }
    format!("{open}\n    {}\n  {close}", entries.join(",\n    "))
}
