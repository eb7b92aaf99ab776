//! The account, declared. Deposits have been changed twice, as events of a program that has been in use for years have.

use annals::prelude::*;

/// An account was opened.
#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
pub struct Opened {
    /// By whom.
    pub owner: String,
}

/// Money came in.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "money.deposited", version = 3, upcast = DepositedV2::with_note)]
pub struct Deposited {
    /// How much.
    pub cents: i64,
    /// What for.
    pub note: String,
}

/// As the second release stored it.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "money.deposited", version = 2, upcast = DepositedV1::in_cents)]
pub struct DepositedV2 {
    /// How much.
    pub cents: i64,
    /// What for.
    pub reference: String,
}

/// As the first release stored it.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "money.deposited", version = 1)]
pub struct DepositedV1 {
    /// How much, in hundredths of a cent.
    pub hundredths: i64,
    /// What for.
    pub reference: String,
}

impl DepositedV1 {
    fn in_cents(self) -> DepositedV2 {
        DepositedV2 {
            cents: self.hundredths / 100,
            reference: self.reference,
        }
    }
}

impl DepositedV2 {
    fn with_note(self) -> Deposited {
        Deposited {
            cents: self.cents,
            note: self.reference,
        }
    }
}

/// Money went out.
#[derive(Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
pub struct Withdrawn {
    /// How much.
    pub cents: i64,
    /// What for.
    pub note: String,
}

/// Takes money out.
#[derive(Clone)]
pub struct Withdraw {
    /// How much.
    pub cents: i64,
}

impl Withdraw {
    fn from(self, balance: i64) -> Result<Withdrawn, String> {
        if balance < self.cents {
            return Err(format!("{} cents are missing", self.cents - balance));
        }
        Ok(Withdrawn {
            cents: self.cents,
            note: "by a command".to_owned(),
        })
    }
}

/// An account.
#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(Opened, Deposited, Withdrawn))]
pub struct Account {
    /// What is in it.
    pub balance: i64,
}

#[aggregate]
impl Account {
    fn opened(&mut self, _: Opened) {}

    fn deposited(&mut self, event: Deposited) {
        self.balance += event.cents;
    }

    fn withdrawn(&mut self, event: Withdrawn) {
        self.balance -= event.cents;
    }

    fn withdraw(&self, command: Withdraw) -> Result<Withdrawn, String> {
        command.from(self.balance)
    }
}

/// At which version the snapshot of a [`Kept`] is taken.
pub const SNAPSHOT_AT: u64 = 9_990;

/// The same with a snapshot, taken once.
#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(
    name = "kept",
    events(Opened, Deposited, Withdrawn),
    snapshot(when = |_: &Kept, progress| progress.version.get() == SNAPSHOT_AT)
)]
pub struct Kept {
    /// What is in it.
    pub balance: i64,
}

#[aggregate]
impl Kept {
    fn opened(&mut self, _: Opened) {}

    fn deposited(&mut self, event: Deposited) {
        self.balance += event.cents;
    }

    fn withdrawn(&mut self, event: Withdrawn) {
        self.balance -= event.cents;
    }

    fn withdraw(&self, command: Withdraw) -> Result<Withdrawn, String> {
        command.from(self.balance)
    }
}
