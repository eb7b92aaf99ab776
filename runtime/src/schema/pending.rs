use std::fmt;
use std::path::PathBuf;

use annals_schema::lock::Lock;

use super::compare::{Names, compare, names};
use super::declare::{Declarations, declarations};
use super::difference::{Difference, Stage};
use super::folder;
use crate::app::App;
use crate::error::Error;

/// What lies between the program and its locks.
#[derive(Debug, Clone)]
#[must_use]
pub struct Pending {
    /// The folders to which the events, aggregates and read models of the app belong, by path.
    pub folders: Vec<PendingFolder>,
}

/// What lies between the program and one lock.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PendingFolder {
    /// The folder.
    pub folder: PathBuf,
    /// Whether it belongs to a dependency, so that it is locked in the dependency's own repository.
    pub is_dependency: bool,
    /// Whether there is no lock yet.
    pub is_missing: bool,
    /// What is different, from the lock to the program.
    pub differences: Vec<Difference>,
    pub(super) locked: Lock,
    pub(super) declared: Lock,
}

/// Compares what the program declares with what is locked: drafts, amendments, and what must not be released.
///
/// Whether the compiler saw the lock as it is now makes no difference: the folder is read anew.
///
/// # Errors
/// Where the app contradicts itself, or a lock cannot be read.
pub fn check(app: &App) -> Result<Pending, Error> {
    let Declarations {
        mut locks,
        reaches_below,
    } = declarations(app)?;
    locks.retain(|folder, _| !folder.as_os_str().is_empty());
    let mut folders = Vec::new();
    for (path, mut declared) in locks {
        let found = folder::read(&path)?;
        let is_missing = found.is_none();
        let locked = found.unwrap_or_default();
        for (name, oldest) in &reaches_below {
            keep_below(&mut declared, name, *oldest, &locked);
        }
        folders.push(PendingFolder {
            is_dependency: folder::is_of_dependency(&path),
            folder: path,
            is_missing,
            differences: Vec::new(),
            locked,
            declared,
        });
    }
    let names = names(folders.iter().map(|folder| &folder.declared));
    for folder in &mut folders {
        folder.compare(&names)?;
    }
    Ok(Pending { folders })
}

/// Versions of which the program has no type, and which an upcast over JSON reads: they stay locked as they are.
fn keep_below(declared: &mut Lock, name: &str, oldest: u32, locked: &Lock) {
    let Some(event) = declared.events.get_mut(name) else {
        return;
    };
    let names = std::iter::once(name.to_owned()).chain(event.aliases.clone());
    for name in names {
        let versions = locked.events.get(&name).into_iter();
        for (number, version) in versions.flat_map(|was| was.versions.range(..oldest)) {
            let kept = event.versions.entry(*number);
            kept.or_insert_with(|| version.clone());
        }
    }
}

impl PendingFolder {
    fn compare(&mut self, names: &Names) -> Result<(), Error> {
        let mut found = compare(&self.folder, &self.locked, &self.declared, names)?;
        if self.is_dependency {
            // Nobody uses all that a dependency offers.
            found.retain(|one| {
                !matches!(
                    one.rule.name,
                    "EVENT_NO_DELETE" | "AGGREGATE_EVENT_NO_DELETE" | "READ_MODEL_REMOVED"
                ) || one.subject.is_among(&self.declared)
            });
        }
        self.differences = found;
        Ok(())
    }

    /// The differences of one stage.
    pub fn of_stage(&self, stage: Stage) -> impl Iterator<Item = &Difference> {
        let differences = self.differences.iter();
        differences.filter(move |difference| difference.stage() == stage)
    }
}

impl Pending {
    /// Whether there is nothing to lock and nothing that must not be released.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.differences().next().is_none()
    }

    /// Every difference of every folder.
    pub fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.folders.iter().flat_map(|folder| &folder.differences)
    }

    /// The differences that cannot be locked.
    pub fn breaking(&self) -> impl Iterator<Item = &Difference> {
        let breaking = |folder| PendingFolder::of_stage(folder, Stage::Breaking);
        self.folders.iter().flat_map(breaking)
    }
}

/// A difference between the program and a lock, with what to do about it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Finding<'a> {
    /// The difference.
    pub difference: &'a Difference,
    /// Whether the lock is that of a dependency.
    pub is_dependency: bool,
}

impl Pending {
    /// Every difference of every folder, with what to do about it.
    pub fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        self.folders.iter().flat_map(|of| {
            of.differences.iter().map(|difference| Finding {
                difference,
                is_dependency: of.is_dependency,
            })
        })
    }
}

impl Finding<'_> {
    /// What to do about it before the next release.
    #[must_use]
    pub fn cure(&self) -> String {
        let rule = self.difference.rule;
        match (self.difference.stage(), self.is_dependency) {
            (Stage::Breaking, _) => match rule.name {
                "EVENT_NO_DELETE" => format!(
                    "add it to the app with `.event::<..>()` or with its aggregate, or {}",
                    rule.cure
                ),
                _ => rule.cure.to_owned(),
            },
            (_, false) => "run `cargo run -- schema lock`, and commit the folder".to_owned(),
            (_, true) => {
                "run `schema lock` in the repository of its crate, and use the next release of it"
                    .to_owned()
            }
        }
    }
}

/// `path: what: from → to: stage: cure`, with the name of the rule.
impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { rule, .. } = self.difference;
        let (place, values) = (self.difference.place(), self.difference.values());
        let (stage, cure) = (self.difference.stage().word(), self.cure());
        write!(
            f,
            "{place}: {}: {values}: {stage}: {cure} ({})",
            rule.what, rule.name
        )
    }
}
