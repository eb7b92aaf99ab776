use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use annals_schema::lock::INDEX;

use super::difference::{Difference, Subject};
use super::folder;
use super::pending::{Pending, PendingFolder, check};
use crate::app::App;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind};

/// What was locked.
#[derive(Debug, Clone)]
pub struct Locked {
    /// The folders to which something was added, or that were brought up to date.
    pub folders: Vec<LockedFolder>,
    /// What is to be locked in the repositories of dependencies. Nothing of it was written.
    pub left: Vec<Difference>,
}

/// What was locked in one folder.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LockedFolder {
    /// The folder.
    pub folder: PathBuf,
    /// What the lock holds now, and did not before.
    pub differences: Vec<Difference>,
    /// The files that were written or taken away, as paths in the folder.
    pub files: Vec<String>,
}

/// Writes drafts and amendments into the locks of the program's own crates. What is locked already stays as it is, and a
/// second call writes nothing.
///
/// # Errors
/// Where something cannot be locked, because what was stored would not be read any more, or a read model has other columns
/// under the same version: nothing at all is written then. Also where [`check`] fails, or a folder cannot be written.
pub fn lock(app: &App) -> Result<Locked, Error> {
    check(app)?.lock()
}

impl Pending {
    /// As [`lock`], of what was found.
    ///
    /// # Errors
    /// Those of [`lock`].
    pub fn lock(&self) -> Result<Locked, Error> {
        let breaking: Vec<_> = self.breaking().map(|one| format!("\n  {one}")).collect();
        if !breaking.is_empty() {
            let (what, cure) = self.refusal();
            let message = format!("{what}:{}", breaking.concat());
            return Err(Error::new(ErrorKind::Lock, message).with_hint(cure));
        }
        let mut locked = Locked {
            folders: Vec::new(),
            left: Vec::new(),
        };
        for of in &self.folders {
            if of.is_dependency {
                locked.left.extend(of.differences.iter().cloned());
                continue;
            }
            let files = of.write()?;
            if !files.is_empty() {
                locked.folders.push(LockedFolder {
                    folder: of.folder.clone(),
                    differences: of.differences.clone(),
                    files,
                });
            }
        }
        Ok(locked)
    }
}

impl Pending {
    /// Why what is breaking cannot be locked, and what to do about it.
    pub(crate) fn refusal(&self) -> (&'static str, &'static str) {
        let is_read_model = |one: &Difference| matches!(one.subject, Subject::ReadModel { .. });
        match self.breaking().all(is_read_model) {
            true => (
                "a table of rows would be another one under the same version",
                "take the changes back, or raise `version` in `#[projection(..)]`: the new rows are built beside the old ones",
            ),
            false => (
                "what was stored could not be read any more",
                "take the changes back, or keep the old type and add a new one with the next version and an `upcast`",
            ),
        }
    }
}

impl PendingFolder {
    fn write(&self) -> Result<Vec<String>, Error> {
        let is_watched = self.folder.join(INDEX).exists();
        let files = self.declared.write(&self.folder);
        let files = files.map_err(|error| folder::unreadable(&self.folder, error))?;
        if !is_watched {
            touch_manifest(&self.folder)?;
        }
        Ok(files)
    }
}

/// Without a lock the compiler watches the crate's manifest: changed, it looks for the lock again.
fn touch_manifest(folder: &Path) -> Result<(), Error> {
    let manifests = folder
        .ancestors()
        .skip(1)
        .map(|above| above.join("Cargo.toml"));
    let Some(manifest) = manifests.into_iter().find(|file| file.exists()) else {
        return Ok(());
    };
    let touched = File::options().append(true).open(&manifest);
    touched
        .and_then(|file| file.set_modified(SystemTime::from(SystemClock.now())))
        .map_err(|error| {
            let message = format!(
                "the lock is written, but `{}` cannot be touched: {error}",
                manifest.display()
            );
            Error::new(ErrorKind::Lock, message).with_hint(
                "run `touch Cargo.toml` in the crate: the compiler looks for the new lock then",
            )
        })
}
