//! From stored bytes to an event, once, into the type of the version in which it was stored.

use std::fmt::Display;

use serde::de::DeserializeOwned;

use super::{Event, place, reason};

/// Why a stored event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// It was stored by a newer program.
    Newer {
        /// The newest version that this program knows.
        known: u32,
    },
    /// No step leads from its version to the current one.
    Unreachable {
        /// The oldest version from which steps lead on.
        oldest: u32,
    },
    /// Its payload does not fit the type of its version, or an upcast over raw JSON refused it.
    Payload {
        /// Where in the JSON, like `amount.cents`; empty for the whole of it.
        path: String,
        /// What is wrong there, without the values that are stored there.
        reason: String,
    },
}

impl Misfit {
    pub(super) fn payload(path: impl Into<String>, reason: impl Display) -> Self {
        Misfit::Payload {
            path: path.into(),
            reason: reason.to_string(),
        }
    }
}

/// Reads a stored event of any version as the version `E`.
///
/// # Errors
/// Where the version is not known or the payload does not fit it.
pub(crate) fn decode<E: Event>(version: u32, payload: &[u8]) -> Result<E, Misfit> {
    if version == E::VERSION {
        return from_json(payload);
    }
    if version > E::VERSION {
        return Err(Misfit::Newer { known: E::VERSION });
    }
    match E::PAST {
        Some(past) => past.step.read(version, payload),
        None => Err(Misfit::Unreachable { oldest: E::VERSION }),
    }
}

pub(crate) fn from_json<T: DeserializeOwned>(payload: &[u8]) -> Result<T, Misfit> {
    serde_json::from_slice(payload).map_err(|error| misfit(payload, &error))
}

/// Reads what is no payload: what is wrong with it is told with the values that stand there.
pub(crate) fn from_envelope<T: DeserializeOwned>(json: &[u8]) -> Result<T, Misfit> {
    serde_json::from_slice(json).map_err(|error| Misfit::payload(place::path(json, &error), error))
}

#[cold]
fn misfit(payload: &[u8], error: &serde_json::Error) -> Misfit {
    Misfit::payload(place::path(payload, error), reason(error))
}
