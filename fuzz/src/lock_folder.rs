//! The files of a schema lock, in the folder of a crate: what the macros and `schema check` read.

use std::fs;
use std::path::{Path, PathBuf};

use annals::schema::lock::Lock;
use annals::schema::{self, Baseline};
use bank::app;

/// Names that are asked for, as the macros do.
const NAMES: [&str; 3] = ["account.opened", "money.deposited", "account"];

/// A folder is read or refused by a message that names it, by whatever command. The macros, which read one file at a time, see
/// what the whole lock holds.
pub fn run(input: &[u8]) {
    let crate_folder = tempfile::tempdir().expect("a folder");
    let folder = crate_folder.path().join("annals");
    write(&folder, input);
    let read = Lock::read(&folder);
    for name in NAMES {
        let event = Lock::event(&folder, name, &[]);
        let aggregate = Lock::aggregate(&folder, name);
        let Ok(Some(lock)) = &read else {
            continue;
        };
        let event = event.expect("a part of a lock that can be read");
        if let Some(whole) = lock.events.get(name) {
            assert_eq!(event.map(|(_, event)| event).as_ref(), Some(whole));
        }
        let aggregate = aggregate.expect("a part of a lock that can be read");
        assert_eq!(
            aggregate.map(|(_, of)| of).as_ref(),
            lock.aggregates.get(name)
        );
    }
    let program = app("sqlite::memory:").lock_folder(&folder);
    let is_readable = read.is_ok();
    named(schema::check(&program).map(drop), is_readable, &folder);
    let _ = schema::diff(&program);
    let _ = schema::show(&program, "account.opened");
    let _ = schema::export(&program);
    let _ = schema::samples(&program);
    let then = Baseline::Folder(folder.clone());
    let _ = schema::check_against(&app("sqlite::memory:"), &then);
}

fn named(answer: Result<(), annals::Error>, is_readable: bool, folder: &Path) {
    match answer {
        Ok(()) => assert!(is_readable, "what cannot be read was passed over"),
        Err(error) => {
            let message = error.to_string();
            let folder = folder.display().to_string();
            assert!(message.contains(&folder), "{message} does not say where");
            assert!(error.hint().is_some(), "{message} does not say what to do");
        }
    }
}

/// Files below the folder, with any bytes in them.
fn write(folder: &Path, input: &[u8]) {
    let mut open: Option<(PathBuf, Vec<u8>)> = None;
    let close = |file: Option<(PathBuf, Vec<u8>)>| {
        if let Some((path, bytes)) = file {
            let _ = path.parent().map(fs::create_dir_all);
            let _ = fs::write(path, bytes);
        }
    };
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        if let Some(path) = line.strip_prefix(b"== ") {
            close(open.take());
            open = inside(folder, path).map(|path| (path, Vec::new()));
        } else if let Some((_, bytes)) = &mut open {
            bytes.extend_from_slice(line);
        }
    }
    close(open);
}

/// A path of one or two names below the folder; `None` for what leads elsewhere.
fn inside(folder: &Path, path: &[u8]) -> Option<PathBuf> {
    let path = str::from_utf8(path).ok()?.trim_end_matches('\n');
    let is_name = |name: &str| !name.is_empty() && name != "." && name != ".." && name.len() < 100;
    let names: Vec<_> = path.split('/').collect();
    let is_inside =
        names.len() <= 2 && names.iter().all(|name| is_name(name)) && !path.contains('\0');
    is_inside.then(|| folder.join(path))
}
