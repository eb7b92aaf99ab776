//! What is built.

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
pub(crate) struct Opened {
    pub(crate) owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.deposited")]
pub(crate) struct Deposited {
    pub(crate) cents: i64,
    pub(crate) note: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
pub(crate) struct Withdrawn {
    pub(crate) cents: i64,
    pub(crate) note: String,
}

/// A row for each stream.
#[derive(ReadModel)]
pub(crate) struct Balance {
    #[key]
    pub(crate) account: String,
    pub(crate) owner: String,
    #[index]
    pub(crate) cents: i64,
    pub(crate) entries: u32,
}

#[projection("balances")]
impl Balance {
    fn opened(event: &Opened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().id().to_owned(),
            owner: event.owner.clone(),
            cents: 0,
            entries: 0,
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
pub(crate) struct Entry {
    #[key]
    position: Position,
    #[index]
    account: String,
    cents: i64,
    note: String,
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
