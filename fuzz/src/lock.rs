//! The files of a schema lock, in memory.

use std::collections::BTreeSet;

use annals::schema::lock::{INDEX, Lock};
use serde_json::Value;

use crate::facts;

/// Where the next file begins, in a line of its own with the file's path.
const MARK: &str = "== ";

/// A lock that is read holds all that its files say, and nothing else: written, it has the same files, which say the same.
/// What is wrong is said with the file in which it is.
pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let files = files(text);
    let lock = match Lock::of_files(files.clone()) {
        Ok(lock) => lock,
        Err(error) => {
            let is_known = files.iter().any(|(path, _)| *path == error.file);
            let is_missing = error.file == INDEX || error.reason.contains("missing");
            assert!(is_known || is_missing, "{error:?} is in no file");
            assert!(!error.hint.is_empty(), "{error:?}");
            return;
        }
    };
    let written = lock.files();
    assert_eq!(Lock::of_files(written.clone()).as_ref(), Ok(&lock));
    let parts = ["events/", "aggregates/", "read_models/"];
    let is_part = |path: &str| parts.iter().any(|part| path.starts_with(part));
    for (path, text) in files.iter().filter(|(path, _)| is_part(path)) {
        let again = written.iter().find(|(of, _)| of == path);
        let again = again.unwrap_or_else(|| panic!("`{path}` was read and is not written"));
        assert_eq!(said(text), said(&again.1), "{path}");
    }
    for version in lock
        .events
        .values()
        .flat_map(|event| event.versions.values())
    {
        facts::check(&version.shape);
    }
    for state in lock.aggregates.values().filter_map(|of| of.state.as_ref()) {
        facts::check(state);
    }
}

/// The files in a text; each path once, as in a folder.
pub(crate) fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut paths = BTreeSet::new();
    let mut is_open = false;
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix(MARK) {
            let path = path.trim_end_matches('\n').to_owned();
            is_open = paths.insert(path.clone());
            if is_open {
                files.push((path, String::new()));
            }
        } else if is_open && let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        }
    }
    files
}

/// What JSON says, without what may be left out and without the order of names.
fn said(json: &str) -> Value {
    let mut said: Value = serde_json::from_str(json).expect("a file that was read is JSON");
    plain(&mut said);
    said
}

fn plain(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.sort_by_key(Value::to_string);
            items.dedup();
        }
        Value::Object(members) => {
            members.retain(|name, value| match name.as_str() {
                "meaning" => value != "",
                "aliases" => value != &Value::Array(Vec::new()),
                "state" => !value.is_null(),
                _ => true,
            });
            members.values_mut().for_each(plain);
        }
        _ => {}
    }
}
