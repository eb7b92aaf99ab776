//! More projections of the same accounts: a directory of owners, a timeline, and those who have much.

use annals::prelude::*;
use annals_tests::domain::{Deposited, Opened, Withdrawn};

/// A row for each owner, whose accounts are many streams.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Owner {
    #[key]
    pub(crate) name: String,
    pub(crate) accounts: u32,
    pub(crate) since: chrono::DateTime<chrono::Utc>,
}

#[projection(name = "owners", partitions = 4)]
impl Owner {
    #[key(event.owner)]
    fn opened(row: Option<Self>, event: &Opened, cx: &Recorded) -> Self {
        match row {
            Some(owner) => Owner {
                accounts: owner.accounts + 1,
                ..owner
            },
            None => Owner {
                name: event.owner.clone(),
                accounts: 1,
                since: cx.recorded_at(),
            },
        }
    }
}

/// A row for each event.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    #[key]
    pub(crate) position: Position,
    #[index]
    pub(crate) stream: String,
    pub(crate) cents: i64,
}

impl Entry {
    fn of(cents: i64, cx: &Recorded) -> Self {
        Entry {
            position: cx.position(),
            stream: cx.stream().to_string(),
            cents,
        }
    }
}

#[projection(name = "entries", partitions = 2)]
impl Entry {
    #[key(cx.position())]
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        Self::of(0, cx)
    }

    #[key(cx.position())]
    fn deposited(event: &Deposited, cx: &Recorded) -> Self {
        Self::of(event.cents, cx)
    }

    #[key(cx.position())]
    fn withdrawn(event: &Withdrawn, cx: &Recorded) -> Self {
        Self::of(-event.cents, cx)
    }
}

/// A row for each account with something in it: rows come and go.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Funded {
    #[key]
    pub(crate) account: String,
    #[index]
    pub(crate) cents: i64,
}

impl Funded {
    fn changed(row: Option<Self>, cents: i64, cx: &Recorded) -> Option<Self> {
        let cents = row.map_or(0, |row| row.cents) + cents;
        (cents != 0).then(|| Funded {
            account: cx.stream().id().to_owned(),
            cents,
        })
    }
}

#[projection(name = "funded", partitions = 3)]
impl Funded {
    fn deposited(row: Option<Self>, event: &Deposited, cx: &Recorded) -> Option<Self> {
        Self::changed(row, event.cents, cx)
    }

    fn withdrawn(row: Option<Self>, event: &Withdrawn, cx: &Recorded) -> Option<Self> {
        Self::changed(row, -event.cents, cx)
    }
}
