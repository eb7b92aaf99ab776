use annals_schema::lock::Lock;

use super::baseline::Baseline;
use super::compare::{compare, names};
use super::declare::declarations;
use super::difference::Difference;
use super::folder;
use crate::app::App;
use crate::error::{Error, ErrorKind};

/// What has changed in the locks since another time.
#[derive(Debug, Clone)]
#[must_use]
pub struct Comparison {
    /// The changes, from then to now.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Whether new code reads all that was stored then.
    #[must_use]
    pub fn is_backward(&self) -> bool {
        self.differences.iter().all(|one| one.rule.backward)
    }

    /// Whether code from then reads what is stored now, so that both can run side by side.
    #[must_use]
    pub fn is_forward(&self) -> bool {
        self.differences.iter().all(|one| one.rule.forward)
    }
}

/// Compares the locks of the program's own crates as they are now with those of another time. What is not locked is not
/// looked at: see [`check`](super::check).
///
/// A revision that has no lock yet counts as one in which nothing was locked.
///
/// # Errors
/// Where the app contradicts itself, a lock cannot be read, git or the revision is not to be had, or one folder is to
/// stand for the locks of several crates.
pub fn check_against(app: &App, then: &Baseline) -> Result<Comparison, Error> {
    let mut folders: Vec<_> = declarations(app)?.locks.into_keys().collect();
    folders.retain(|folder| !folder.as_os_str().is_empty() && !folder::is_of_dependency(folder));
    if let (Baseline::Folder(then), [_, _, ..]) = (then, folders.as_slice()) {
        let message = format!(
            "`{}` is one folder, and the app has the locks of {} crates",
            then.display(),
            folders.len()
        );
        return Err(Error::new(ErrorKind::Lock, message).with_hint("name a revision of git"));
    }
    let mut pairs = Vec::new();
    for path in &folders {
        let Some(now) = folder::read(path)? else {
            let message = format!("there is no lock in `{}`", path.display());
            return Err(
                Error::new(ErrorKind::Lock, message).with_hint("run `cargo run -- schema lock`")
            );
        };
        pairs.push((path, then.read(path)?, now));
    }
    let locks = pairs.iter().map(|(_, _, now): &(_, Lock, Lock)| now);
    let names = names(locks);
    let mut differences = Vec::new();
    for (path, then, now) in &pairs {
        differences.extend(compare(path, then, now, &names)?);
    }
    Ok(Comparison { differences })
}
