//! What the database keeps of projections, as both stores hand it out and take it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Column, Value};

/// What becomes of each row of a table that is read.
pub(crate) type EachRow<'a> = dyn FnMut(Row) -> Result<(), Error> + Send + 'a;

/// The table of one version of a projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// Like `balances_v2`.
    pub(crate) name: String,
    /// The columns beside `tenant`, which leads the key.
    pub(crate) columns: &'static [Column],
}

impl Table {
    /// The columns of the key.
    pub(crate) fn key_columns(&self) -> Vec<&'static Column> {
        self.columns.iter().filter(|column| column.key).collect()
    }
}

/// A column that was found in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundColumn {
    pub(crate) name: String,
    /// In the words of the database.
    pub(crate) kind: String,
    pub(crate) nullable: bool,
    /// Its place in the primary key, from 1; `None` where it is no part of it.
    pub(crate) key: Option<u32>,
}

/// A row of a read model, of one tenant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) tenant: Arc<str>,
    /// In the order of the table's columns.
    pub(crate) values: Vec<Value>,
}

/// What a row is found by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowPlace {
    pub(crate) tenant: Arc<str>,
    /// In the order of the key's columns.
    pub(crate) key: Vec<Value>,
}

/// One version of a projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Build {
    pub(crate) name: String,
    pub(crate) version: u32,
    /// Of the columns and the handlers that fill it.
    pub(crate) fingerprint: String,
    pub(crate) mode: String,
    pub(crate) status: Status,
    /// Whether the view for people shows it.
    pub(crate) is_current: bool,
    pub(crate) partitions: u32,
    /// Up to here effects are left out.
    pub(crate) effects_after: i64,
    pub(crate) created_at: DateTime<Utc>,
}

/// How one version of a projection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is being built, and nobody follows with it.
    Building,
    /// It is kept up to date.
    Following,
    /// An operator halted it.
    Paused,
    /// Another version took over its effects: nobody follows with it any more.
    Retired,
}

impl Status {
    pub(crate) const ALL: [Status; 4] = [
        Status::Building,
        Status::Following,
        Status::Paused,
        Status::Retired,
    ];

    /// As it is kept.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Building => "building",
            Status::Following => "following",
            Status::Paused => "paused",
            Status::Retired => "retired",
        }
    }

    /// Of the word as which it is kept.
    pub(crate) fn of(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What is wrong with a word that is no status.
pub(super) fn unknown_status(word: &str) -> String {
    format!("{word:?} is no status of a projection: it was written by a newer release, or by hand")
}

/// A partition of one version of a projection: the part of its keys that one worker keeps up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) part: PartId,
    /// Every event up to here is in its rows, or parked.
    pub(crate) checkpoint: i64,
    /// Who has the lease, and until when; it may have run out.
    pub(crate) lease: Option<(String, DateTime<Utc>)>,
    /// Whether the lease holds, by the clock of the database.
    pub(crate) is_leased: bool,
    /// Why nobody can go on with it, and from which position.
    pub(crate) stopped: Option<(String, i64)>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// Names a partition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PartId {
    pub(crate) projection: Arc<str>,
    pub(crate) version: u32,
    /// From 0.
    pub(crate) partition: u32,
}

/// A partition as it is found by a transaction that holds it until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) checkpoint: i64,
    pub(crate) status: Status,
    pub(crate) effects_after: i64,
    /// Who has the lease, whether or not it has run out.
    pub(crate) owner: Option<String>,
}

/// A version of a projection that is to be kept track of, with its partitions.
#[derive(Debug, Clone)]
pub(crate) struct NewBuild<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: u32,
    pub(crate) fingerprint: &'a str,
    pub(crate) mode: &'a str,
    pub(crate) status: Status,
    pub(crate) partitions: u32,
    /// Where its partitions begin.
    pub(crate) checkpoint: i64,
    pub(crate) effects_after: i64,
}

/// What changes of one version of a projection; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BuildChange<'a> {
    pub(crate) status: Option<Status>,
    pub(crate) is_current: Option<bool>,
    pub(crate) fingerprint: Option<&'a str>,
    pub(crate) effects_after: Option<i64>,
}

/// An event that could not be handled, or that waits behind one of the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parked {
    pub(crate) part: PartId,
    pub(crate) tenant: Arc<str>,
    /// The key in words that do not depend on the type of its columns.
    pub(crate) key: String,
    pub(crate) position: i64,
    pub(crate) event_id: Uuid,
    pub(crate) stream: String,
    pub(crate) event_type: String,
    /// Why it could not be handled; `None` where it waits behind another.
    pub(crate) error: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) parked_at: DateTime<Utc>,
}

/// A key of one version of a projection, under which events can be parked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParkedPlace<'a> {
    pub(crate) projection: &'a str,
    pub(crate) version: u32,
    pub(crate) tenant: &'a str,
    pub(crate) key: &'a str,
}

/// An event that is to be parked.
#[derive(Debug, Clone)]
pub(crate) struct NewParked {
    pub(crate) tenant: Arc<str>,
    pub(crate) key: String,
    pub(crate) position: i64,
    pub(crate) event_id: Uuid,
    pub(crate) stream: String,
    pub(crate) event_type: String,
    pub(crate) error: Option<String>,
    pub(crate) attempts: u32,
}

/// How far an inline projection has come with one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InlineHead {
    pub(crate) tenant: Arc<str>,
    pub(crate) stream: String,
    /// Of the last event in its rows.
    pub(crate) version: i64,
}
