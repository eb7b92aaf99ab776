//! What is known about an event besides the fact itself.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json::is_too_deep;

/// Who caused an event, on account of what, and whatever else the caller wants kept beside it.
///
/// It is stored as one JSON object: the actor under `$actor`, the causation under `$causation`, the caller's own entries
/// under their own names. The correlation has a column of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    pub(crate) correlation: Option<String>,
    pub(crate) stored: Stored,
}

/// What goes into the column `metadata`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    #[serde(rename = "$actor", default, skip_serializing_if = "Option::is_none")]
    pub(crate) actor: Option<String>,
    #[serde(
        rename = "$causation",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) causation: Option<String>,
    #[serde(flatten)]
    pub(crate) entries: Map<String, Value>,
}

impl Metadata {
    /// Nothing known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The conversation to which the event belongs: all that follows from one request has the same correlation.
    #[must_use]
    pub fn correlation(&self) -> Option<&str> {
        self.correlation.as_deref()
    }

    /// What the event follows from: the id of another event, or of a command.
    #[must_use]
    pub fn causation(&self) -> Option<&str> {
        self.stored.causation.as_deref()
    }

    /// On whose behalf it happened.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.stored.actor.as_deref()
    }

    /// One of the caller's own entries.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.stored.entries.get(name)
    }

    /// The caller's own entries, as a type of the caller's.
    ///
    /// # Errors
    /// Where the entries do not fit `T`.
    pub fn entries<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::Object(self.stored.entries.clone()))
    }

    /// Sets the correlation.
    #[must_use]
    pub fn with_correlation(mut self, correlation: impl Into<String>) -> Self {
        self.correlation = Some(correlation.into());
        self
    }

    /// Sets the causation.
    #[must_use]
    pub fn with_causation(mut self, causation: impl Into<String>) -> Self {
        self.stored.causation = Some(causation.into());
        self
    }

    /// Sets the actor.
    #[must_use]
    pub fn with_actor(mut self, actor: impl Into<String>) -> Self {
        self.stored.actor = Some(actor.into());
        self
    }

    /// Adds an entry of the caller's own. Names that begin with `$` belong to annals and are refused when the event is
    /// stored.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.stored.entries.insert(name.into(), value.into());
        self
    }

    /// The JSON for the column `metadata`; `None` where there is nothing to store.
    pub(crate) fn to_column(&self) -> Result<Option<String>, String> {
        if let Some(name) = self
            .stored
            .entries
            .keys()
            .find(|name| name.starts_with('$'))
        {
            return Err(format!(
                "the metadata entry `{name}` begins with `$`, which belongs to annals"
            ));
        }
        if self.stored == Stored::default() {
            return Ok(None);
        }
        let json = serde_json::to_string(&self.stored).map_err(|error| error.to_string())?;
        if is_too_deep(&json) {
            return Err("its metadata is nested too deep to be read again".to_owned());
        }
        Ok(Some(json))
    }

    pub(crate) fn from_columns(
        metadata: Option<&[u8]>,
        correlation: Option<&str>,
    ) -> Result<Self, serde_json::Error> {
        let stored = match metadata {
            Some(json) => serde_json::from_slice(json)?,
            None => Stored::default(),
        };
        Ok(Metadata {
            correlation: correlation.map(str::to_owned),
            stored,
        })
    }
}
