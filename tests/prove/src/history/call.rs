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
    /// Every event of a stream, each as what it has become.
    History { stream: String },
    /// The row of a purse in the inline read model, without waiting for anything.
    Inline { stream: String },
    /// The same row and the version of the stream, in one statement that annals has no part in.
    Moment { stream: String },
    /// The row of a stream in the view of the read model of which there are two versions.
    View { stream: String },
    /// What an operator does with a projection.
    Operate(Step),
}

/// What an operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// A read model made anew in place.
    Rebuild,
    /// The second version of a read model built beside the first, and shown.
    Migrate,
    /// The first version shown again.
    RollBack,
    /// The second version shown again.
    Promote,
    /// The second version removed.
    Drop,
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
    /// The version of a stream, and its row in the inline read model at the same moment.
    Moment { version: i64, row: Option<State> },
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
            | Op::History { stream }
            | Op::Inline { stream }
            | Op::Moment { stream }
            | Op::View { stream }
            | Op::Row { stream, .. } => vec![stream],
            Op::Operate(_) => Vec::new(),
        }
    }

    /// What it is called in the report.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Op::Append { in_tx: Some(_), .. } => "append in a transaction of the caller's",
            Op::Append { to, .. } if to.len() > 1 => "append to several streams",
            Op::Append { .. } => "append to a stream",
            Op::Command { key: Some(_), .. } => "command with a key",
            Op::Command { .. } => "command",
            Op::Load { .. } => "load",
            Op::Past { .. } => "state at a version",
            Op::At { .. } => "state at a time",
            Op::Read { .. } => "page of a stream, as it is stored",
            Op::History { .. } => "history of a stream, as it is read",
            Op::Row { .. } => "row after a receipt",
            Op::Inline { .. } => "row of the inline read model",
            Op::Moment { .. } => "row of the inline read model beside its stream, by SQL",
            Op::View { .. } => "row of the view, by SQL",
            Op::Operate(Step::Rebuild) => "operator: read model rebuilt in place",
            Op::Operate(Step::Migrate) => "operator: version 2 built and shown",
            Op::Operate(Step::RollBack) => "operator: version 1 shown again",
            Op::Operate(Step::Promote) => "operator: version 2 shown again",
            Op::Operate(Step::Drop) => "operator: version 2 removed",
        }
    }
}
