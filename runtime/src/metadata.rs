//! What is known about an event besides the fact itself.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::append::within_years;
use crate::json::is_too_deep;

/// What is kept beside an event in the stream of a process's instance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// Of a state: what the process reacted to, like `payment.taken`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    /// Of a state: where that is stored, like `payment-3`; absent for a timer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// Of a state: whether it is the last one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_finished: bool,
    /// Of a state: the names of the timers that were cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) cancels: Vec<String>,
    /// Of a command: the stream of the aggregate to which it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    /// Of a timer: how long after it was stored it is due, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after_ms: Option<u64>,
    /// Of a timer: when it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<DateTime<Utc>>,
}

impl Note {
    /// Of a timer: when it is due, where it was stored at that time.
    pub(crate) fn due_at(&self, stored_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let after = self.after_ms.map(|after| {
            let delay = TimeDelta::try_milliseconds(i64::try_from(after).unwrap_or(i64::MAX));
            let due_at = delay.and_then(|delay| stored_at.checked_add_signed(delay));
            within_years(due_at.unwrap_or(DateTime::<Utc>::MAX_UTC))
        });
        after.or(self.at)
    }
}

/// Who caused an event, on account of what, and whatever else the caller wants kept beside it.
///
/// It is stored as one JSON object: the actor under `$actor`, the causation under `$causation`, the caller's own entries
/// under their own names. The correlation has a column of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    pub(crate) correlation: Option<String>,
    /// Apart, since most events have nothing of it, and `None` where it has nothing.
    stored: Option<Box<Stored>>,
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
    #[serde(rename = "$process", default, skip_serializing_if = "Option::is_none")]
    pub(crate) process: Option<Note>,
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
        self.stored.as_ref()?.causation.as_deref()
    }

    /// On whose behalf it happened.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.stored.as_ref()?.actor.as_deref()
    }

    /// One of the caller's own entries.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.stored.as_ref()?.entries.get(name)
    }

    /// The caller's own entries, as a type of the caller's.
    ///
    /// # Errors
    /// Where the entries do not fit `T`.
    pub fn entries<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::Object(self.own_entries().into_owned()))
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
        self.kept().causation = Some(causation.into());
        self
    }

    /// Sets the actor.
    #[must_use]
    pub fn with_actor(mut self, actor: impl Into<String>) -> Self {
        self.kept().actor = Some(actor.into());
        self
    }

    /// Adds an entry of the caller's own. Names that begin with `$` belong to annals and are refused when the event is
    /// stored.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.kept().entries.insert(name.into(), value.into());
        self
    }

    /// What a process keeps beside an event in the stream of its instance.
    pub(crate) fn note(&self) -> Option<&Note> {
        self.stored.as_ref()?.process.as_ref()
    }

    pub(crate) fn with_note(mut self, note: Note) -> Self {
        self.kept().process = Some(note);
        self
    }

    pub(crate) fn of(correlation: Option<String>, stored: Option<Stored>) -> Self {
        Metadata {
            correlation,
            stored: stored
                .filter(|stored| *stored != Stored::default())
                .map(Box::new),
        }
    }

    /// What goes into the column `metadata`, where there is anything.
    pub(crate) fn stored(&self) -> Option<&Stored> {
        self.stored.as_deref()
    }

    /// The caller's own entries.
    pub(crate) fn own_entries(&self) -> Cow<'_, Map<String, Value>> {
        match &self.stored {
            Some(stored) => Cow::Borrowed(&stored.entries),
            None => Cow::Owned(Map::new()),
        }
    }

    fn kept(&mut self) -> &mut Stored {
        self.stored.get_or_insert_default()
    }

    /// The JSON for the column `metadata`; `None` where there is nothing to store.
    pub(crate) fn to_column(&self) -> Result<Option<String>, String> {
        let Some(stored) = &self.stored else {
            return Ok(None);
        };
        let mut names = stored.entries.keys();
        if let Some(name) = names.find(|name| name.starts_with('$')) {
            return Err(format!(
                "the metadata entry `{name}` begins with `$`, which belongs to annals"
            ));
        }
        let json = serde_json::to_string(stored).map_err(|error| error.to_string())?;
        if is_too_deep(&json) {
            return Err("its metadata is nested too deep to be read again".to_owned());
        }
        Ok(Some(json))
    }

    pub(crate) fn from_columns(
        metadata: Option<&[u8]>,
        correlation: Option<&str>,
    ) -> Result<Self, serde_json::Error> {
        let stored = metadata.map(serde_json::from_slice).transpose()?;
        Ok(Metadata::of(correlation.map(str::to_owned), stored))
    }
}
