use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};
use crate::event::reason;

/// A command key, and how the refusals that are kept with it are written and read.
pub(super) struct Key<E> {
    pub(super) key: String,
    write: fn(&E) -> Result<String, serde_json::Error>,
    read: fn(&str) -> Result<E, serde_json::Error>,
}

impl<E: Serialize + DeserializeOwned> Key<E> {
    pub(super) fn new(key: String) -> Self {
        Key {
            key,
            write: |refusal| serde_json::to_string(refusal),
            read: |json| serde_json::from_str(json),
        }
    }
}

impl<E> Key<E> {
    /// # Errors
    /// Where the key cannot be kept.
    pub(super) fn check(&self) -> Result<(), Error> {
        let key = &self.key;
        let what = if key.is_empty() {
            "it is empty"
        } else if key.contains('\0') {
            "it holds the character NUL"
        } else if key.len() > KEY_BYTES {
            "it is longer than 500 bytes"
        } else {
            return Ok(());
        };
        Err(Error::new(
            ErrorKind::Name,
            format!("a command cannot have the key {key:?}: {what}"),
        ))
    }

    /// The JSON of a refusal.
    pub(super) fn write(&self, refusal: &E) -> Result<String, Error> {
        (self.write)(refusal).map_err(|error| unkeepable(&self.key, "written", error))
    }

    /// The refusal that a JSON is of.
    pub(super) fn read(&self, json: &str) -> Result<E, Error> {
        (self.read)(json).map_err(|error| unkeepable(&self.key, "read", reason(&error)))
    }
}

/// The longest command key: with tenant and stream it must fit into one entry of an index.
const KEY_BYTES: usize = 500;

fn unkeepable(key: &str, what: &str, error: impl Display) -> Error {
    Error::new(
        ErrorKind::Misfit,
        format!(
            "the refusal that is kept with the command key `{key}` cannot be {what} as JSON: {error}"
        ),
    )
}
