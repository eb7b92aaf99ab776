//! The schema lock, read. Nothing is ever written here.

use std::path::{Path, PathBuf};

use annals_schema::lock::{FOLDER, INDEX, Lock as Files, LockError, LockedAggregate, LockedEvent};
use syn::LitStr;

use crate::model::Item;
use crate::model::lock::Lock;

/// What is locked of an event.
pub(super) fn event(item: &Item, name: Option<&LitStr>, aliases: &[LitStr]) -> Lock<LockedEvent> {
    let aliases: Vec<String> = aliases.iter().map(LitStr::value).collect();
    read(item.lock.as_ref(), |folder| match name {
        Some(name) => Files::event(folder, &name.value(), &aliases),
        None => Ok(None),
    })
}

/// What is locked of an aggregate.
pub(super) fn aggregate(item: &Item, name: &str) -> Lock<LockedAggregate> {
    read(item.lock.as_ref(), |folder| Files::aggregate(folder, name))
}

pub(super) fn read<T>(
    named: Option<&LitStr>,
    read: impl FnOnce(&Path) -> Result<Option<(String, T)>, LockError>,
) -> Lock<T> {
    let Some((folder, else_watched)) = folder(named) else {
        return Lock {
            folder: None,
            watched: Vec::new(),
            found: Ok(None),
        };
    };
    let found = read(&folder);
    let index = folder.join(INDEX);
    let mut watched = Vec::new();
    if index.exists() {
        watched.push(index);
    } else {
        // The folder is not there yet. Whoever makes it touches this file.
        watched.extend(else_watched);
    }
    if let Ok(Some((file, _))) = &found {
        watched.push(folder.join(file));
    }
    Lock {
        folder: Some(folder),
        watched,
        found,
    }
}

/// The folder of the lock, and the file that stands for it as long as it does not exist.
pub(super) fn folder(named: Option<&LitStr>) -> Option<(PathBuf, Option<PathBuf>)> {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    let cargo_toml = Some(manifest.join("Cargo.toml")).filter(|file| file.exists());
    let Some(named) = named else {
        return Some((manifest.join(FOLDER), cargo_toml));
    };
    // As with `include_str!`, a path begins at the file in which it is written; an editor may not know which that is.
    let file = named.span().unwrap().local_file();
    let file = file.and_then(|file| std::path::absolute(file).ok());
    let beside = file.as_deref().and_then(Path::parent).unwrap_or(&manifest);
    Some((beside.join(named.value()), cargo_toml))
}
