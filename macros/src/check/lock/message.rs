//! The house form of a message about a locked version: what, where, both values, and the cure.

use crate::model::lock::Locked;

/// `was` and `is`: a path, and what the lock or this source has there.
pub(super) fn changed(
    locked: &Locked<'_>,
    what: &str,
    was: (&str, &str),
    is: (&str, &str),
    cure: &str,
) -> String {
    let Locked {
        noun,
        event,
        version,
        file,
        ..
    } = locked;
    let width = file.len() + 1;
    let here = "in this source:";
    format!(
        "{noun} `{event}` version {version} is locked, but its {what} changed here\n{file}: {}: {}\n{here:width$} {}: {}\nhelp: {cure}{}",
        was.0,
        was.1,
        is.0,
        is.1,
        locked.bump()
    )
}
