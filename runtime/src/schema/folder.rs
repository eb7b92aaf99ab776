//! The folder of a lock: whose it is, and how it is read.

use std::path::{Component, Path};

use annals_schema::lock::{Lock, LockError};

use crate::error::{Error, ErrorKind};

/// Whether the crate with this lock folder was fetched by cargo, so that it is nobody's here to change.
pub(super) fn is_of_dependency(folder: &Path) -> bool {
    let parts: Vec<_> = folder.components().map(Component::as_os_str).collect();
    let is_below = |outer: &str, inner: &str| {
        let mut pairs = parts.windows(2);
        pairs.any(|pair| pair[0] == outer && pair[1] == inner)
    };
    // `cargo vendor` leaves this file beside each Cargo.toml.
    let is_vendored = folder.with_file_name(".cargo-checksum.json").exists();
    is_below("registry", "src") || is_below("git", "checkouts") || is_vendored
}

/// What a folder holds; `None` where there is none.
pub(super) fn read(folder: &Path) -> Result<Option<Lock>, Error> {
    Lock::read(folder).map_err(|error| unreadable(folder, error))
}

/// An error of the lock's files, with the folder in which they lie.
pub(super) fn unreadable(folder: &Path, error: LockError) -> Error {
    let LockError { file, reason, hint } = error;
    let path = match file.as_str() {
        "" => folder.to_owned(),
        file => folder.join(file),
    };
    Error::new(ErrorKind::Lock, format!("`{}` {reason}", path.display())).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::is_of_dependency;

    #[test]
    fn what_cargo_fetched_is_a_dependency() {
        for (folder, expected) in [
            (
                "/home/a/.cargo/registry/src/index.crates.io-1/bank-1.0.0/annals",
                true,
            ),
            ("/home/a/.cargo/git/checkouts/bank-1/abc/annals", true),
            ("/home/a/registry/bank/annals", false),
            ("/home/a/src/registry/annals", false),
        ] {
            assert_eq!(is_of_dependency(Path::new(folder)), expected, "{folder}");
        }
    }

    #[test]
    fn what_was_vendored_is_a_dependency() {
        let vendored = tempfile::tempdir().expect("a folder");
        let folder = vendored.path().join("annals");
        assert!(!is_of_dependency(&folder));
        std::fs::write(vendored.path().join(".cargo-checksum.json"), "{}").expect("written");
        assert!(is_of_dependency(&folder));
    }
}
