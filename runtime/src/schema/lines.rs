//! What `lock` would write, line by line.

use std::fmt;
use std::path::PathBuf;

use annals_schema::Facts;
use annals_schema::lock::{
    Lock, LockedEvent, LockedReadModel, LockedVersion, aggregate_file, event_file, read_model_file,
};

use super::pending::check;
use crate::app::App;
use crate::error::Error;

/// A file of a lock that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedFile {
    /// The folder of the lock.
    pub folder: PathBuf,
    /// The file in the folder.
    pub file: String,
    /// Lines like `version 2: balance: i64`, each with whether it comes (`true`) or goes.
    pub lines: Vec<(bool, String)>,
}

/// `- ` before what goes, `+ ` before what comes.
impl fmt::Display for ChangedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.folder.join(&self.file).display())?;
        for (comes, line) in &self.lines {
            write!(f, "\n  {} {line}", if *comes { '+' } else { '-' })?;
        }
        Ok(())
    }
}

/// What [`lock`](super::lock()) would write, whether it may or not: the facts that come and those that go. Locks of
/// dependencies are left out.
///
/// # Errors
/// Those of [`check`].
pub fn diff(app: &App) -> Result<Vec<ChangedFile>, Error> {
    let mut files = Vec::new();
    for of in check(app)?.folders {
        if of.is_dependency {
            continue;
        }
        let (was, is) = (said(&of.locked), said(&of.declared));
        let mut names: Vec<&String> = was.iter().chain(&is).map(|(file, _)| file).collect();
        names.sort_unstable();
        names.dedup();
        for file in names {
            let lines = changed(lines_of(&was, file), lines_of(&is, file));
            if !lines.is_empty() {
                files.push(ChangedFile {
                    folder: of.folder.clone(),
                    file: file.clone(),
                    lines,
                });
            }
        }
    }
    Ok(files)
}

/// What a lock says, one thing a line, by file. Each line begins with what it is about.
fn said(lock: &Lock) -> Vec<(String, Vec<(String, String)>)> {
    let events = lock.events.values();
    let events = events.map(|event| (event_file(&event.name), lines_of_event(event)));
    let aggregates = lock.aggregates.values().map(|aggregate| {
        let reads = aggregate.events.iter();
        let mut lines: Vec<_> = reads
            .map(|name| (format!("reads {name}"), String::new()))
            .collect();
        lines.extend(
            aggregate
                .state
                .iter()
                .flat_map(|state| facts("state", state)),
        );
        (aggregate_file(&aggregate.name), lines)
    });
    let read_models = lock.read_models.values();
    let read_models = read_models.map(|of| (read_model_file(&of.name), lines_of_read_model(of)));
    events.chain(aggregates).chain(read_models).collect()
}

fn lines_of_event(event: &LockedEvent) -> Vec<(String, String)> {
    let aliases = event.aliases.iter();
    let mut lines: Vec<_> = aliases
        .map(|alias| (format!("alias {alias}"), String::new()))
        .collect();
    for (number, LockedVersion { meaning, shape }) in &event.versions {
        let version = format!("version {number}");
        if !meaning.is_empty() {
            lines.push((format!("{version}: meaning"), format!(": {meaning}")));
        }
        lines.extend(facts(&version, shape));
    }
    lines
}

fn lines_of_read_model(of: &LockedReadModel) -> Vec<(String, String)> {
    let version = ("version".to_owned(), format!(" {}", of.version));
    let columns = of.columns.iter();
    let columns = columns.map(|(name, column)| (format!("column {name}"), format!(": {column}")));
    std::iter::once(version).chain(columns).collect()
}

fn facts(of: &str, facts: &Facts) -> Vec<(String, String)> {
    let facts = facts.iter();
    facts
        .map(|(path, what)| (format!("{of}: {path}"), format!(": {what}")))
        .collect()
}

type Lines = [(String, String)];

fn lines_of<'a>(files: &'a [(String, Vec<(String, String)>)], file: &str) -> &'a Lines {
    let mut files = files.iter();
    files
        .find(|(name, _)| name == file)
        .map_or(&[], |(_, lines)| lines)
}

/// What goes stands before what comes in its place; what goes for good stands at the end.
fn changed(was: &Lines, is: &Lines) -> Vec<(bool, String)> {
    let find = |lines: &Lines, key: &str| lines.iter().find(|(other, _)| other == key).cloned();
    let mut lines = Vec::new();
    for (key, value) in is {
        let old = find(was, key);
        if old.as_ref().is_some_and(|(_, old)| old == value) {
            continue;
        }
        lines.extend(old.map(|(_, old)| (false, format!("{key}{old}"))));
        lines.push((true, format!("{key}{value}")));
    }
    for (key, value) in was {
        if find(is, key).is_none() {
            lines.push((false, format!("{key}{value}")));
        }
    }
    lines
}
