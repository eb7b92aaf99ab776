//! The lock: what was released, as files beside the source.
//!
//! ```text
//! annals/index.json                  what is locked
//! annals/events/account.opened.json  every released version of an event
//! annals/aggregates/account.json     which events an aggregate reads, and its state where it is snapshotted
//! annals/read_models/balances.json   the columns of a read model's table
//! ```

mod aggregate;
mod column;
mod event;
mod file;
mod index;
mod read_model;

use std::collections::BTreeMap;
use std::path::Path;

pub use aggregate::LockedAggregate;
pub use column::LockedColumn;
pub use event::{LockedEvent, LockedVersion};
pub use file::{LockError, aggregate_file, event_file, read_model_file};
pub use index::Index;
pub use read_model::LockedReadModel;

/// The name of the folder beside `Cargo.toml`.
pub const FOLDER: &str = "annals";

/// The name of the list of what is locked, in the folder.
pub const INDEX: &str = "index.json";

/// All that is locked in one folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Events by their stored names.
    pub events: BTreeMap<String, LockedEvent>,
    /// Aggregates by their names.
    pub aggregates: BTreeMap<String, LockedAggregate>,
    /// Read models by the names of their projections.
    pub read_models: BTreeMap<String, LockedReadModel>,
}

impl Lock {
    /// Reads a folder; `None` where there is none.
    ///
    /// # Errors
    /// Where a file cannot be read, or its content is no lock.
    pub fn read(folder: &Path) -> Result<Option<Self>, LockError> {
        if file::read(folder, INDEX)?.is_none() && !folder.exists() {
            return Ok(None);
        }
        Self::of_files(file::list(folder)?).map(Some)
    }

    /// Puts a lock together from its files, each with its path in the folder.
    ///
    /// # Errors
    /// Where the content of a file is no lock, or the index and the files contradict each other.
    pub fn of_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, LockError> {
        let mut lock = Lock::default();
        let mut index = None;
        for (path, text) in files {
            if path == INDEX {
                index = Some(Index::parse(&text)?);
            } else if path.starts_with("events/") {
                let event = LockedEvent::parse(&path, &text)?;
                lock.events.insert(event.name.clone(), event);
            } else if path.starts_with("aggregates/") {
                let aggregate = LockedAggregate::parse(&path, &text)?;
                lock.aggregates.insert(aggregate.name.clone(), aggregate);
            } else if path.starts_with("read_models/") {
                let read_model = LockedReadModel::parse(&path, &text)?;
                lock.read_models.insert(read_model.name.clone(), read_model);
            }
        }
        index.unwrap_or_default().check(&lock)?;
        Ok(lock)
    }

    /// The files of the lock, each with its path in the folder.
    #[must_use]
    pub fn files(&self) -> Vec<(String, String)> {
        let events = self.events.values();
        let events = events.map(|event| (event_file(&event.name), event.to_string()));
        let aggregates = self.aggregates.values();
        let aggregates = aggregates.map(|of| (aggregate_file(&of.name), of.to_string()));
        let read_models = self.read_models.values();
        let read_models = read_models.map(|of| (read_model_file(&of.name), of.to_string()));
        let index = (INDEX.to_owned(), Index::of(self).to_string());
        let files = events.chain(aggregates).chain(read_models);
        files.chain([index]).collect()
    }

    /// Writes the folder: new and changed files, and nothing else; files of what is no longer locked are taken away. The
    /// index comes last, so that a compiler that watches it finds all the rest in place. Answers the paths of what was
    /// touched.
    ///
    /// # Errors
    /// Where the folder or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<String>, LockError> {
        file::write(folder, &self.files())
    }

    /// Reads the one event that a declaration is about, by its name or by one of its aliases, and says in which file it
    /// stands. The rest of the folder is not looked at.
    ///
    /// # Errors
    /// Where the folder is of another format, or the event's file is missing or is no lock.
    pub fn event(
        folder: &Path,
        name: &str,
        aliases: &[String],
    ) -> Result<Option<(String, LockedEvent)>, LockError> {
        let index = match file::read(folder, INDEX)? {
            Some(text) => Index::parse(&text)?,
            None => return Ok(None),
        };
        // A renamed event's older versions may go by the old name still.
        let name = index.aliases.get(name).map_or(name, String::as_str);
        for name in std::iter::once(name).chain(aliases.iter().map(String::as_str)) {
            let path = event_file(name);
            match file::read(folder, &path)? {
                Some(text) => {
                    let event = LockedEvent::parse(&path, &text)?;
                    return Ok(Some((path, event)));
                }
                None if index.events.contains_key(name) => {
                    return Err(file::missing(&path));
                }
                None => {}
            }
        }
        Ok(None)
    }

    /// Reads the one aggregate that a declaration is about.
    ///
    /// # Errors
    /// Where the folder is of another format, or the aggregate's file is missing or is no lock.
    pub fn aggregate(
        folder: &Path,
        name: &str,
    ) -> Result<Option<(String, LockedAggregate)>, LockError> {
        let index = match file::read(folder, INDEX)? {
            Some(text) => Index::parse(&text)?,
            None => return Ok(None),
        };
        let path = aggregate_file(name);
        match file::read(folder, &path)? {
            Some(text) => Ok(Some((path.clone(), LockedAggregate::parse(&path, &text)?))),
            None if index.aggregates.contains(name) => Err(file::missing(&path)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;
