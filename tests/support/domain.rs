//! A small domain: accounts into which money goes, and out of which it comes.

use std::fmt;
use std::sync::Arc;

use annals::prelude::*;
use annals::{Expected, NewEvent, StreamId, Version};

/// An account was opened.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("account.opened")]
pub struct Opened {
    /// Who opened it.
    pub owner: String,
}

/// Money came in.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("money.deposited")]
pub struct Deposited {
    /// How much.
    pub cents: i64,
}

/// Money went out.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("money.withdrawn")]
pub struct Withdrawn {
    /// How much.
    pub cents: i64,
}

/// A clock ticked. It counts as released, since it is written by hand: its shape is kept by who starts first.
#[derive(Serialize, Deserialize)]
pub struct Ticked(pub u8);

impl Schema for Ticked {
    const SHAPE: &'static annals::Shape<'static> = <u8 as Schema>::SHAPE;
}

impl Event for Ticked {
    const NAME: &'static str = "clock.ticked";
    const VERSION: u32 = 1;
    const TYPE: &'static str = "Ticked";
}

/// An account.
#[derive(Aggregate, Default, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[aggregate(name = "account", events(Opened, Deposited, Withdrawn))]
pub struct Account {
    /// Who opened it; nobody yet where it is empty.
    pub owner: String,
    /// What is in it.
    pub balance: i64,
    /// The number of events that were applied.
    pub events: u64,
}

/// An account of which snapshots are taken.
#[derive(Aggregate, Default, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[aggregate(
    name = "ledger",
    events(Opened, Deposited, Withdrawn),
    snapshot(every = 3)
)]
pub struct Ledger {
    /// What is in it.
    pub balance: i64,
    /// Every amount that came in or went out.
    pub entries: Vec<i64>,
}

/// Opens an account.
#[derive(Debug, Clone)]
pub struct Open(pub &'static str);

/// Puts money in.
#[derive(Debug, Clone)]
pub struct Deposit(pub i64);

/// Takes money out.
#[derive(Debug, Clone)]
pub struct Withdraw(pub i64);

/// Has no effect.
#[derive(Debug, Clone)]
pub struct Look;

/// Puts in what is there already, and calls the given function while it decides.
#[derive(Clone)]
pub struct Double(pub Arc<dyn Fn(&Account) + Send + Sync>);

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Refusal {
    /// The account is open already.
    AlreadyOpen,
    /// There is less in the account.
    Insufficient {
        /// How much less.
        missing: i64,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::AlreadyOpen => f.write_str("the account is open already"),
            Refusal::Insufficient { missing } => write!(f, "{missing} cents are missing"),
        }
    }
}

impl std::error::Error for Refusal {}

#[aggregate]
impl Account {
    fn opened(&mut self, event: Opened) {
        self.owner = event.owner;
        self.events += 1;
    }

    fn deposited(&mut self, event: Deposited) {
        self.balance += event.cents;
        self.events += 1;
    }

    fn withdrawn(&mut self, event: Withdrawn) {
        self.balance -= event.cents;
        self.events += 1;
    }

    fn open(&self, command: Open) -> Result<Opened, Refusal> {
        if !self.owner.is_empty() {
            return Err(Refusal::AlreadyOpen);
        }
        Ok(Opened {
            owner: command.0.to_owned(),
        })
    }

    fn deposit(&self, command: Deposit) -> Result<Deposited, Refusal> {
        Ok(Deposited { cents: command.0 })
    }

    fn withdraw(&self, command: Withdraw) -> Result<Withdrawn, Refusal> {
        let missing = command.0 - self.balance;
        if missing > 0 {
            return Err(Refusal::Insufficient { missing });
        }
        Ok(Withdrawn { cents: command.0 })
    }

    fn look(&self, _: Look) -> Result<(), Refusal> {
        Ok(())
    }

    fn double(&self, command: Double) -> Result<Deposited, Refusal> {
        (command.0)(self);
        Ok(Deposited {
            cents: self.balance,
        })
    }
}

#[aggregate]
impl Ledger {
    fn opened(&mut self, _: Opened) {}

    fn deposited(&mut self, event: Deposited) {
        self.balance += event.cents;
        self.entries.push(event.cents);
    }

    fn withdrawn(&mut self, event: Withdrawn) {
        self.balance -= event.cents;
        self.entries.push(-event.cents);
    }

    fn deposit(&self, command: Deposit) -> Result<Deposited, Refusal> {
        Ok(Deposited { cents: command.0 })
    }

    fn withdraw(&self, command: Withdraw) -> Result<Withdrawn, Refusal> {
        let missing = command.0 - self.balance;
        if missing > 0 {
            return Err(Refusal::Insufficient { missing });
        }
        Ok(Withdrawn { cents: command.0 })
    }
}

/// The stream of an account.
#[must_use]
pub fn account(id: &str) -> StreamId {
    StreamId::new("account", id)
}

/// Exactly this version.
#[must_use]
pub fn exact(version: u64) -> Expected {
    Expected::Exact(Version::new(version))
}

/// Money came in, as a new event.
#[must_use]
pub fn deposited(cents: i64) -> NewEvent {
    NewEvent::of(&Deposited { cents })
}

/// The amounts of a stream's deposits, in the order in which they were stored.
pub async fn deposits(store: &annals::Store, stream: &StreamId) -> Vec<i64> {
    let events = store
        .stream(stream)
        .all()
        .await
        .unwrap_or_else(|error| panic!("{stream}: {error:?}"));
    let mut amounts = Vec::new();
    for event in events {
        let deposit = event.decode::<Deposited>().expect("the event decodes");
        amounts.extend(deposit.map(|event| event.cents));
    }
    amounts
}

/// The stream of a ledger.
#[must_use]
pub fn ledger(id: &str) -> StreamId {
    StreamId::new("ledger", id)
}
