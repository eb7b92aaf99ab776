//! The accounts, and what happens to them: the same in every system, and the same in every run.

use std::collections::HashMap;
use std::fmt::{self, Display};

use crate::request::{Dataset, Request};

/// What each account begins with.
const OPENING: i64 = 1000;
const DEPOSIT: i64 = 10;
const WITHDRAWAL: i64 = 5;

/// An account: the workload that it is of, and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Account {
    pub space: u32,
    pub number: usize,
}

impl Account {
    /// Of the short streams, to which commands are sent.
    pub fn short(number: usize) -> Self {
        Account { space: 1, number }
    }

    /// Of those that an append of many events opens.
    pub fn fresh(number: usize) -> Self {
        Account { space: 2, number }
    }

    /// The one with a long stream and no snapshot.
    pub fn long() -> Self {
        Account {
            space: 3,
            number: 0,
        }
    }

    /// The one with a long stream, and a snapshot near its end.
    pub fn long_with_snapshot() -> Self {
        Account {
            space: 3,
            number: 1,
        }
    }

    /// Of those that are replayed.
    pub fn replayed(number: usize) -> Self {
        Account { space: 4, number }
    }

    /// The one to which all callers send commands.
    pub fn hot() -> Self {
        Account {
            space: 6,
            number: 0,
        }
    }

    /// The account as 128 bits, for systems whose ids are UUIDs. The number is in the upper half, because some derive locks
    /// from one of the halves.
    pub fn bits(self) -> u128 {
        ((self.number as u128) << 64) | u128::from(self.space)
    }
}

impl Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:08}", self.space, self.number)
    }
}

/// What can happen to an account.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "workloads", derive(serde::Serialize, serde::Deserialize))]
pub enum Entry {
    Opened { owner: String, balance: i64 },
    Deposited { amount: i64, note: String },
    Withdrawn { amount: i64, note: String },
}

impl Entry {
    pub fn name(&self) -> &'static str {
        match self {
            Entry::Opened { .. } => "Opened",
            Entry::Deposited { .. } => "Deposited",
            Entry::Withdrawn { .. } => "Withdrawn",
        }
    }

    /// What it adds to the balance.
    pub fn change(&self) -> i64 {
        match self {
            Entry::Opened { balance, .. } => *balance,
            Entry::Deposited { amount, .. } => *amount,
            Entry::Withdrawn { amount, .. } => -*amount,
        }
    }
}

/// The event of an account at a version, which is counted from 1.
pub fn entry(account: Account, version: usize) -> Entry {
    let note = || format!("reference {:012}", account.number * 100 + version);
    match version {
        1 => Entry::Opened {
            owner: format!("owner {:08}", account.number),
            balance: OPENING,
        },
        version if version % 2 == 0 => Entry::Deposited {
            amount: DEPOSIT,
            note: note(),
        },
        _ => Entry::Withdrawn {
            amount: WITHDRAWAL,
            note: note(),
        },
    }
}

/// The balance after so many events.
pub fn balance_at(version: usize) -> i64 {
    let deposits = (version / 2) as i64;
    let withdrawals = version as i64 - 1 - deposits;
    OPENING + DEPOSIT * deposits - WITHDRAWAL * withdrawals
}

/// The order in which events are seeded: streams take turns, as they do where many accounts are busy at once.
pub fn interleaved(
    accounts: usize,
    length: usize,
    account: fn(usize) -> Account,
) -> impl Iterator<Item = (Account, usize)> {
    (1..=length).flat_map(move |version| (0..accounts).map(move |n| (account(n), version)))
}

/// What lies in the tables before a workload, of a system without upcasts: each event as its account and its version, in order.
/// With `has_snapshots` there is a second long stream, of which the system is to have a snapshot.
pub fn seeded(
    request: &Request,
    has_snapshots: bool,
) -> Box<dyn Iterator<Item = (Account, usize)>> {
    let of = |key| request.count(key);
    match request.dataset() {
        Dataset::Short => {
            let short = interleaved(of("accounts"), of("length"), Account::short);
            let hot = interleaved(1, of("length"), |_| Account::hot());
            let plain = interleaved(1, of("long"), |_| Account::long());
            let kept = interleaved(usize::from(has_snapshots), of("long"), |_| {
                Account::long_with_snapshot()
            });
            Box::new(short.chain(hot).chain(plain).chain(kept))
        }
        Dataset::Replay => Box::new(interleaved(of("accounts"), of("length"), Account::replayed)),
        Dataset::Empty => Box::new(std::iter::empty()),
        Dataset::Mixed => panic!("not a data set of this system"),
    }
}

/// The balances of all accounts, folded in memory.
#[derive(Debug, Default)]
pub struct Balances {
    of: HashMap<String, i64>,
    events: usize,
}

impl Balances {
    /// Adds an event of a stream.
    pub fn add(&mut self, stream: &str, change: i64) {
        self.events += 1;
        match self.of.get_mut(stream) {
            Some(balance) => *balance += change,
            None => {
                self.of.insert(stream.to_owned(), change);
            }
        }
    }

    /// How many events were added.
    pub fn events(&self) -> usize {
        self.events
    }

    /// Takes in what was folded of other events.
    pub fn merge(&mut self, other: Balances) {
        self.events += other.events;
        for (stream, change) in other.of {
            *self.of.entry(stream).or_default() += change;
        }
    }

    /// Panics where they are not those of so many accounts with so many events each.
    pub fn check(&self, accounts: usize, length: usize) {
        assert_eq!(self.events, accounts * length, "events folded");
        assert_eq!(self.of.len(), accounts, "accounts folded");
        let expected = balance_at(length);
        let wrong = self.of.iter().find(|(_, balance)| **balance != expected);
        assert_eq!(wrong, None, "every balance is {expected}");
    }
}
