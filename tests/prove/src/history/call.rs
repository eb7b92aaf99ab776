//! Calls and answers.

use serde::{Deserialize, Serialize};

use crate::domain::State;

/// What a client asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Op {
    /// Events to one stream or several.
    Append {
        to: Vec<Wanted>,
        /// In a transaction of the caller's, together with a row of its own table; `Some(false)` where it is rolled back.
        in_tx: Option<bool>,
        /// Once more after it succeeded.
        again: bool,
    },
    /// A command to an aggregate.
    Command {
        stream: String,
        amounts: Vec<i64>,
        key: Option<String>,
    },
    /// The state as it is.
    Load { stream: String },
    /// The state at a version.
    Past { stream: String, version: i64 },
    /// The state at a time, in microseconds.
    At { stream: String, time: i64 },
    /// Events of a stream, from a version.
    Read { stream: String, from: i64 },
    /// The row of a stream in a read model, with all that was stored up to a version.
    Row { stream: String, version: i64 },
    /// A read model made anew.
    Rebuild,
}

/// What is to be appended to a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    pub(crate) stream: String,
    pub(crate) expects: Expects,
    pub(crate) amounts: Vec<i64>,
}

/// What is expected of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Expects {
    Any,
    Exists,
    Exact(i64),
}

/// What a client was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It is stored.
    Stored {
        streams: Vec<Kept>,
        repeated: bool,
        /// What was answered when it was asked for once more.
        again: Option<Box<Answer>>,
    },
    /// It is not stored, and never will be.
    Refused { why: String },
    /// An aggregate refused a command, which may be the one that came first with the same key.
    Rejected { mark: String, seen: State },
    /// A state, and the version where it was told.
    State { version: Option<i64>, state: State },
    /// Events of a stream: version, mark and amount.
    Events { events: Vec<(i64, String, i64)> },
    /// A row of a read model, where there is one.
    Row { version: i64, state: State },
    /// There is no such row.
    NoRow,
    /// It is done.
    Done,
    /// Nobody knows.
    Unknown { why: String },
}

/// What is stored in one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) stream: String,
    /// Of the stream, afterwards.
    pub(crate) version: i64,
    pub(crate) positions: Vec<i64>,
    /// In microseconds.
    pub(crate) recorded_at: Option<i64>,
}

impl Op {
    /// The streams that it is about.
    pub(crate) fn streams(&self) -> Vec<&str> {
        match self {
            Op::Append { to, .. } => to.iter().map(|wanted| wanted.stream.as_str()).collect(),
            Op::Command { stream, .. }
            | Op::Load { stream }
            | Op::Past { stream, .. }
            | Op::At { stream, .. }
            | Op::Read { stream, .. }
            | Op::Row { stream, .. } => vec![stream],
            Op::Rebuild => Vec::new(),
        }
    }
}
