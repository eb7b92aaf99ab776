use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::de::DeserializeOwned;

/// What is wrong with a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError {
    /// The file's path in the folder; empty for the folder itself.
    pub file: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file.as_str() {
            "" => write!(f, "the lock {}", self.reason),
            file => write!(f, "`{file}` of the lock {}", self.reason),
        }?;
        write!(f, "\nhelp: {}", self.hint)
    }
}

impl std::error::Error for LockError {}

impl LockError {
    pub(super) fn new(file: &str, reason: impl fmt::Display, hint: &str) -> Self {
        LockError {
            file: file.to_owned(),
            reason: reason.to_string(),
            hint: hint.to_owned(),
        }
    }
}

pub(super) const RESTORE: &str = "take the file back from version control: it was written by `schema lock`, and is not edited by hand";

/// The path of an event's file in the folder.
#[must_use]
pub fn event_file(name: &str) -> String {
    format!("events/{}.json", encoded(name))
}

/// The path of an aggregate's file in the folder.
#[must_use]
pub fn aggregate_file(name: &str) -> String {
    format!("aggregates/{}.json", encoded(name))
}

/// The path of a read model's file in the folder.
#[must_use]
pub fn read_model_file(name: &str) -> String {
    format!("read_models/{}.json", encoded(name))
}

/// Holds the path of a file against where what it is about belongs.
pub(super) fn in_its_place(
    path: &str,
    about: &str,
    name: &str,
    own: &str,
) -> Result<(), LockError> {
    if own == path {
        return Ok(());
    }
    Err(LockError::new(
        path,
        format!("is about {about} `{name}`, which belongs into `{own}`"),
        "give the file back the name that `schema lock` gave it",
    ))
}

/// A name as the name of a file.
fn encoded(name: &str) -> String {
    let mut encoded = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => encoded.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    encoded.push_str(&format!("%{byte:02x}"));
                }
            }
        }
    }
    encoded
}

pub(super) fn missing(path: &str) -> LockError {
    LockError::new(path, "is missing, and the index lists it", RESTORE)
}

/// The text of a file in the folder; `None` where there is no such file.
pub(super) fn read(folder: &Path, path: &str) -> Result<Option<String>, LockError> {
    match fs::read_to_string(folder.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(folder, path, &error)),
    }
}

fn unreadable(folder: &Path, path: &str, error: &io::Error) -> LockError {
    let reason = format!("in {} cannot be read: {error}", folder.display());
    LockError::new(path, reason, "see to it that the file can be read")
}

/// Every file of the folder with its text.
pub(super) fn list(folder: &Path) -> Result<Vec<(String, String)>, LockError> {
    let mut files = Vec::new();
    for part in ["", "events/", "aggregates/", "read_models/"] {
        let entries = match fs::read_dir(folder.join(part)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(unreadable(folder, part, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(folder, part, &error))?;
            let path = format!("{part}{}", entry.file_name().to_string_lossy());
            if path.ends_with(".json")
                && let Some(text) = read(folder, &path)?
            {
                files.push((path, text));
            }
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn write(folder: &Path, files: &[(String, String)]) -> Result<Vec<String>, LockError> {
    let unwritable = |path: &str, error: io::Error| {
        let reason = format!("in {} cannot be written: {error}", folder.display());
        LockError::new(path, reason, "see to it that the folder can be written")
    };
    for (i, (path, _)) in files.iter().enumerate() {
        let mut others = files[..i].iter();
        if let Some((other, _)) = others.find(|(other, _)| other.eq_ignore_ascii_case(path)) {
            return Err(LockError::new(
                path,
                format!("would be the same file as `{other}` on some machines"),
                "let names differ by more than capital letters",
            ));
        }
    }
    let mut touched = Vec::new();
    for (path, text) in files {
        if read(folder, path)?.as_ref() != Some(text) {
            replace(&folder.join(path), text).map_err(|error| unwritable(path, error))?;
            touched.push(path.clone());
        }
    }
    for (path, _) in list(folder)? {
        if files.iter().all(|(kept, _)| *kept != path) {
            fs::remove_file(folder.join(&path)).map_err(|error| unwritable(&path, error))?;
            touched.push(path);
        }
    }
    Ok(touched)
}

/// Whoever reads the file meanwhile finds the old text or the new one, and never half of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above)?;
    }
    let beside = path.with_extension("json.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

/// Reads JSON of a lock.
pub(super) fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, LockError> {
    serde_json::from_str(text).map_err(|error| {
        if text.lines().any(|line| line.starts_with("<<<<<<<")) {
            return LockError::new(
                path,
                "holds the marks of a merge that was not finished",
                "keep the lines of both sides where they are about different things; where they are about the same, let \
                 one side take the next version",
            );
        }
        LockError::new(path, format!("cannot be understood: {error}"), RESTORE)
    })
}

/// A string as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
