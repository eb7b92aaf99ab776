//! The house form of a message about a locked version: what, where, both values, and the cure.

use crate::model::lock::Locked;

/// `changes`: a path, what the lock has there, and what this source has.
pub(super) fn changed(locked: &Locked<'_>, changes: &[(&str, &str, &str)], cure: &str) -> String {
    let Locked {
        event,
        version,
        file,
        ..
    } = locked;
    let mut message =
        format!("event `{event}` version {version} is locked, but its shape changed here");
    let width = file.len() + 1;
    for (path, from, to) in changes {
        let here = "in this source:";
        message.push_str(&format!("\n{file}: {path}: {from}"));
        message.push_str(&format!("\n{here:width$} {path}: {to}"));
    }
    message.push_str(&format!("\nhelp: {cure}{}", locked.bump()));
    message
}
