//! The account, declared.

use annals::prelude::*;
use peers_protocol::Entry;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
pub(crate) struct Opened {
    pub(crate) owner: String,
    pub(crate) balance: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "money.deposited", version = 3, upcast = DepositedV2::with_note)]
pub(crate) struct Deposited {
    pub(crate) amount: i64,
    pub(crate) note: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "money.deposited", version = 2, upcast = DepositedV1::in_units)]
pub(crate) struct DepositedV2 {
    amount: i64,
    reference: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "money.deposited", version = 1)]
pub(crate) struct DepositedV1 {
    pub(crate) hundredths: i64,
    pub(crate) reference: String,
}

impl DepositedV1 {
    fn in_units(self) -> DepositedV2 {
        DepositedV2 {
            amount: self.hundredths / 100,
            reference: self.reference,
        }
    }
}

impl DepositedV2 {
    fn with_note(self) -> Deposited {
        Deposited {
            amount: self.amount,
            note: self.reference,
        }
    }
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
pub(crate) struct Withdrawn {
    pub(crate) amount: i64,
    pub(crate) note: String,
}

#[derive(Clone)]
pub(crate) struct Withdraw {
    pub(crate) amount: i64,
    pub(crate) note: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(Opened, Deposited, Withdrawn))]
pub(crate) struct Account {
    pub(crate) balance: i64,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: Opened) {
        self.balance = event.balance;
    }

    fn deposited(&mut self, event: Deposited) {
        self.balance += event.amount;
    }

    fn withdrawn(&mut self, event: Withdrawn) {
        self.balance -= event.amount;
    }

    fn withdraw(&self, command: Withdraw) -> Result<Withdrawn, String> {
        if self.balance < command.amount {
            return Err(format!("the balance is {}", self.balance));
        }
        Ok(Withdrawn {
            amount: command.amount,
            note: command.note,
        })
    }
}

/// At which version a snapshot is taken of an account that has any.
pub(crate) const SNAPSHOT_AT: u64 = 9_990;

/// The same with a snapshot, taken once.
#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(
    name = "kept",
    events(Opened, Deposited, Withdrawn),
    snapshot(when = |_: &Kept, progress| progress.version.get() == SNAPSHOT_AT)
)]
pub(crate) struct Kept {
    pub(crate) balance: i64,
}

#[aggregate]
impl Kept {
    fn opened(&mut self, event: Opened) {
        self.balance = event.balance;
    }

    fn deposited(&mut self, event: Deposited) {
        self.balance += event.amount;
    }

    fn withdrawn(&mut self, event: Withdrawn) {
        self.balance -= event.amount;
    }

    fn deposit(&self, command: Deposit) -> Result<Deposited, String> {
        Ok(command.0)
    }
}

/// Has a deposit stored as it is.
pub(crate) struct Deposit(pub(crate) Deposited);

impl Clone for Deposit {
    fn clone(&self) -> Self {
        Deposit(Deposited {
            amount: self.0.amount,
            note: self.0.note.clone(),
        })
    }
}

/// A row for each account.
#[derive(ReadModel)]
pub(crate) struct Balance {
    #[key]
    pub(crate) account_id: String,
    pub(crate) balance: i64,
}

#[projection("balances")]
impl Balance {
    fn opened(event: &Opened, cx: &Recorded) -> Self {
        Balance {
            account_id: cx.stream().id().to_owned(),
            balance: event.balance,
        }
    }

    fn deposited(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }

    fn withdrawn(&mut self, event: &Withdrawn) {
        self.balance -= event.amount;
    }
}

/// A row for each deposit.
#[derive(ReadModel)]
pub(crate) struct Receipts {
    #[key]
    position: Position,
    note: String,
}

#[projection("receipts")]
impl Receipts {
    #[key(cx.position())]
    fn deposited(event: &Deposited, cx: &Recorded) -> Self {
        Receipts {
            position: cx.position(),
            note: event.note.clone(),
        }
    }
}

/// An event of the benchmark as one of annals.
pub(crate) fn new_event(entry: Entry) -> NewEvent {
    match entry {
        Entry::Opened { owner, balance } => NewEvent::of(&Opened { owner, balance }),
        Entry::Deposited { amount, note } => NewEvent::of(&Deposited { amount, note }),
        Entry::Withdrawn { amount, note } => NewEvent::of(&Withdrawn { amount, note }),
    }
}

/// The same as the first release would have stored it.
pub(crate) fn old_event(entry: Entry) -> NewEvent {
    match entry {
        Entry::Deposited { amount, note } => NewEvent::of(&DepositedV1 {
            hundredths: amount * 100,
            reference: note,
        }),
        entry => new_event(entry),
    }
}
