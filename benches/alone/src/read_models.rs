//! What is folded from the accounts.

use annals::prelude::*;

use crate::domain::{Deposited, Opened, Withdrawn};

/// A row for each account.
#[derive(ReadModel)]
pub struct Balance {
    /// Whose it is.
    #[key]
    pub account: String,
    /// Who opened it.
    pub owner: String,
    /// What is in it.
    #[index]
    pub cents: i64,
    /// How many events it has.
    pub entries: u32,
}

#[projection("balances")]
impl Balance {
    fn opened(event: &Opened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().id().to_owned(),
            owner: event.owner.clone(),
            cents: 0,
            entries: 1,
        }
    }

    fn deposited(&mut self, event: &Deposited) {
        self.cents += event.cents;
        self.entries += 1;
    }

    fn withdrawn(&mut self, event: &Withdrawn) {
        self.cents -= event.cents;
        self.entries += 1;
    }
}

/// A row for each event.
#[derive(ReadModel)]
pub struct Entry {
    /// Where it stands.
    #[key]
    pub position: Position,
    /// Whose it is.
    #[index]
    pub account: String,
    /// How much came in.
    pub cents: i64,
    /// What for.
    pub note: String,
}

impl Entry {
    fn of(cents: i64, note: &str, cx: &Recorded) -> Self {
        Entry {
            position: cx.position(),
            account: cx.stream().id().to_owned(),
            cents,
            note: note.to_owned(),
        }
    }
}

#[projection("entries")]
impl Entry {
    #[key(cx.position())]
    fn opened(event: &Opened, cx: &Recorded) -> Self {
        Self::of(0, &event.owner, cx)
    }

    #[key(cx.position())]
    fn deposited(event: &Deposited, cx: &Recorded) -> Self {
        Self::of(event.cents, &event.note, cx)
    }

    #[key(cx.position())]
    fn withdrawn(event: &Withdrawn, cx: &Recorded) -> Self {
        Self::of(-event.cents, &event.note, cx)
    }
}
