//! A lock of another time: in another folder, or in a revision of git.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use annals_schema::lock::{INDEX, Lock};

use super::folder;
use crate::error::{Error, ErrorKind};

/// What the lock of now is compared with.
///
/// From a text: a folder where there is one of this name, and a revision of git otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Baseline {
    /// A folder that holds a lock, or a crate's folder in which the folder `annals` lies.
    Folder(PathBuf),
    /// A revision, like `main`, `v1.2.0` or `HEAD~1`, of the repository in which the crate lies.
    Revision(String),
}

impl From<&str> for Baseline {
    fn from(text: &str) -> Self {
        let path = Path::new(text);
        match path.is_dir() {
            true => Baseline::Folder(path.to_owned()),
            false => Baseline::Revision(text.to_owned()),
        }
    }
}

impl Baseline {
    /// The lock as it was then, of the lock that lies in a folder now. A revision without it had nothing locked.
    pub(super) fn read(&self, folder: &Path) -> Result<Lock, Error> {
        match self {
            Baseline::Folder(then) => of_folder(then),
            Baseline::Revision(revision) => Revision { revision, folder }.read(),
        }
    }
}

fn of_folder(then: &Path) -> Result<Lock, Error> {
    let inside = then.join(annals_schema::lock::FOLDER);
    for folder in [then, &inside] {
        if folder.join(INDEX).exists()
            && let Some(lock) = folder::read(folder)?
        {
            return Ok(lock);
        }
    }
    let message = format!(
        "`{}` holds no lock: there is no `{INDEX}` in it",
        then.display()
    );
    Err(Error::new(ErrorKind::Lock, message)
        .with_hint("name a folder that `schema lock` wrote, or a revision of git"))
}

struct Revision<'a> {
    revision: &'a str,
    folder: &'a Path,
}

impl Revision<'_> {
    fn read(&self) -> Result<Lock, Error> {
        let commit = format!("{}^{{commit}}", self.revision);
        // `--end-of-options` keeps what begins with a dash from being taken for an option.
        let known = self.git(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ])?;
        if !known.status.success() {
            self.require_repository()?;
            let message = format!(
                "`{}` is neither a folder nor a revision that git knows in `{}`",
                self.revision,
                self.place().display()
            );
            return Err(Error::new(ErrorKind::Lock, message)
                .with_hint("fetch it (`git fetch --tags`; in a shallow clone `git fetch --unshallow`), or name another one"));
        }
        let commit = String::from_utf8_lossy(&known.stdout).trim().to_owned();
        let name = self
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let list = self.git(&[
            "ls-tree",
            "-r",
            "-z",
            "--name-only",
            &commit,
            "--",
            &format!("{name}/"),
        ])?;
        let list = String::from_utf8_lossy(self.text(&list)?).into_owned();
        let mut files = Vec::new();
        for path in list.split('\0').filter(|path| path.ends_with(".json")) {
            let shown = self.git(&["show", &format!("{commit}:./{path}")])?;
            let text = String::from_utf8_lossy(self.text(&shown)?).into_owned();
            let path = path.strip_prefix(&format!("{name}/")).unwrap_or(path);
            files.push((path.to_owned(), text));
        }
        Lock::of_files(files).map_err(|error| {
            let place = PathBuf::from(format!("{}:{name}", self.revision));
            folder::unreadable(&place, error)
        })
    }

    fn require_repository(&self) -> Result<(), Error> {
        let found = self.git(&["rev-parse", "--git-dir"])?;
        if found.status.success() {
            return Ok(());
        }
        let message = format!("`{}` lies in no repository of git", self.place().display());
        Err(Error::new(ErrorKind::Lock, message)
            .with_hint("name a folder that holds an older lock instead of a revision"))
    }

    /// Where git runs: the folder that holds the lock's.
    fn place(&self) -> &Path {
        self.folder.parent().unwrap_or(self.folder)
    }

    fn git(&self, arguments: &[&str]) -> Result<Output, Error> {
        let mut git = Command::new("git");
        git.args(arguments)
            .current_dir(self.place())
            .env("LC_ALL", "C");
        git.output().map_err(|error| {
            let message = format!("git cannot be run in `{}`: {error}", self.place().display());
            Error::new(ErrorKind::Lock, message)
                .with_hint("install git, or name a folder that holds an older lock")
        })
    }

    fn text<'o>(&self, output: &'o Output) -> Result<&'o [u8], Error> {
        if output.status.success() {
            return Ok(&output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let message = format!(
            "git cannot read the lock of `{}`: {}",
            self.revision,
            said.trim()
        );
        Err(Error::new(ErrorKind::Lock, message)
            .with_hint("see to it that the repository is whole: `git fsck`"))
    }
}
