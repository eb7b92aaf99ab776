//! What the app declares, in the form of locks: one for each folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use annals_schema::Facts;
use annals_schema::lock::{Lock, LockedAggregate, LockedEvent, LockedVersion};

use super::{folder, read_models};
use crate::app::{App, Declared, DeclaredAggregate};
use crate::error::{Error, ErrorKind};
use crate::event::Lineage;

/// What the app declares, by the folder to which it belongs. What was written by hand belongs to the empty path, and to no
/// lock.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) locks: BTreeMap<PathBuf, Lock>,
    /// Events whose oldest declared version is read from every version below by an upcast over JSON.
    pub(super) reaches_below: BTreeMap<String, u32>,
}

/// # Errors
/// Where the app contradicts itself, or a shape is nested too deep to be kept.
pub(super) fn declarations(app: &App) -> Result<Declarations, Error> {
    let declared = app.declared()?;
    let place = |folder: &'static str| place(app, folder);
    let mut all = Declarations::default();
    for head in heads(declared) {
        let mut names = BTreeMap::new();
        for version in head.versions() {
            let folder = place(version.release.folder);
            // The versions of another crate's lock stand there under the newest name that this crate gave them.
            let name = *names.entry(folder.clone()).or_insert(version.name);
            let events = &mut all.locks.entry(folder).or_default().events;
            let event = events
                .entry(name.to_owned())
                .or_insert_with(|| LockedEvent {
                    name: name.to_owned(),
                    aliases: BTreeSet::new(),
                    versions: BTreeMap::new(),
                });
            if version.name == name {
                event.aliases.extend(aliases(version));
            }
            event.versions.insert(version.version, locked(version)?);
            if version.below.is_none() && !version.step.is_empty() {
                all.reaches_below.insert(name.to_owned(), version.version);
            }
        }
    }
    for aggregate in &declared.aggregates {
        let lock = all.locks.entry(place(aggregate.folder)).or_default();
        let locked = locked_aggregate(declared, aggregate)?;
        lock.aggregates.insert(aggregate.name.to_owned(), locked);
    }
    for projection in &declared.projections {
        if let Some(locked) = read_models::declared(&projection.definition) {
            let folder = place(projection.definition.folder);
            let lock = all.locks.entry(folder).or_default();
            lock.read_models.insert(locked.name.clone(), locked);
        }
    }
    Ok(all)
}

/// The newest version of each event: those that are in nobody's past.
fn heads(declared: &Declared) -> Vec<&'static Lineage> {
    let lineages = declared.kinds.iter().map(|kind| kind.lineage);
    let past: BTreeSet<_> = lineages
        .clone()
        .flat_map(|lineage| lineage.versions().skip(1))
        .map(Lineage::type_path)
        .collect();
    lineages
        .filter(|lineage| !past.contains(lineage.type_path()))
        .collect()
}

fn place(app: &App, folder: &'static str) -> PathBuf {
    let folder = Path::new(folder);
    match app.moved_lock_folder() {
        Some(moved) if !folder.as_os_str().is_empty() && !folder::is_of_dependency(folder) => {
            moved.to_owned()
        }
        _ => folder.to_owned(),
    }
}

fn aliases(version: &Lineage) -> impl Iterator<Item = String> {
    version.aliases.iter().map(|alias| (*alias).to_owned())
}

fn locked(version: &Lineage) -> Result<LockedVersion, Error> {
    let shape = Facts::of(version.shape).map_err(|flaw| {
        let (name, number) = (version.name, version.version);
        too_deep(format!("event `{name}` version {number}: {flaw}"))
    })?;
    Ok(LockedVersion {
        meaning: version.meaning.to_owned(),
        shape,
    })
}

fn locked_aggregate(
    declared: &Declared,
    aggregate: &DeclaredAggregate,
) -> Result<LockedAggregate, Error> {
    let kinds = declared.kinds.iter();
    let read = kinds.filter(|kind| kind.aggregate == Some(aggregate.name));
    let state = aggregate.state.map(Facts::of).transpose();
    Ok(LockedAggregate {
        name: aggregate.name.to_owned(),
        events: read.map(|kind| kind.lineage.name.to_owned()).collect(),
        state: state.map_err(|flaw| too_deep(format!("state of `{}`: {flaw}", aggregate.name)))?,
    })
}

fn too_deep(message: String) -> Error {
    Error::new(ErrorKind::Lock, message)
        .with_hint("put what is nested there into a type with fewer levels")
}
