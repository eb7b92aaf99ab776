//! The account, declared.

use disintegrate::{Decision, Event, StateMutate, StateQuery};
use peers_protocol::{Account as Number, Entry};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
#[stream(AccountEvent, [Opened, Deposited, Withdrawn])]
pub(crate) enum DomainEvent {
    Opened {
        #[id]
        account_id: String,
        owner: String,
        balance: i64,
    },
    Deposited {
        #[id]
        account_id: String,
        amount: i64,
        note: String,
    },
    Withdrawn {
        #[id]
        account_id: String,
        amount: i64,
        note: String,
    },
}

impl DomainEvent {
    pub(crate) fn of(account: Number, entry: Entry) -> Self {
        let account_id = account.to_string();
        match entry {
            Entry::Opened { owner, balance } => DomainEvent::Opened {
                account_id,
                owner,
                balance,
            },
            Entry::Deposited { amount, note } => DomainEvent::Deposited {
                account_id,
                amount,
                note,
            },
            Entry::Withdrawn { amount, note } => DomainEvent::Withdrawn {
                account_id,
                amount,
                note,
            },
        }
    }

    pub(crate) fn account(&self) -> &str {
        match self {
            DomainEvent::Opened { account_id, .. }
            | DomainEvent::Deposited { account_id, .. }
            | DomainEvent::Withdrawn { account_id, .. } => account_id,
        }
    }

    pub(crate) fn change(&self) -> i64 {
        match self {
            DomainEvent::Opened { balance, .. } => *balance,
            DomainEvent::Deposited { amount, .. } => *amount,
            DomainEvent::Withdrawn { amount, .. } => -*amount,
        }
    }
}

#[derive(Default, StateQuery, Clone, Debug, Serialize, Deserialize)]
#[state_query(AccountEvent)]
pub(crate) struct Account {
    #[id]
    account_id: String,
    pub(crate) balance: i64,
    /// The library has no versions of accounts: for the check of the benchmark.
    pub(crate) events: usize,
}

impl Account {
    pub(crate) fn of(account: Number) -> Self {
        Account {
            account_id: account.to_string(),
            balance: 0,
            events: 0,
        }
    }
}

impl StateMutate for Account {
    fn mutate(&mut self, event: Self::Event) {
        self.events += 1;
        match event {
            AccountEvent::Opened { balance, .. } => self.balance = balance,
            AccountEvent::Deposited { amount, .. } => self.balance += amount,
            AccountEvent::Withdrawn { amount, .. } => self.balance -= amount,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the balance is too low")]
pub(crate) struct Refused;

pub(crate) struct Withdraw {
    pub(crate) account: Number,
    pub(crate) note: String,
}

impl Decision for Withdraw {
    type Event = DomainEvent;
    type StateQuery = Account;
    type Error = Refused;

    fn state_query(&self) -> Account {
        Account::of(self.account)
    }

    fn process(&self, state: &Account) -> Result<Vec<DomainEvent>, Refused> {
        if state.balance < 1 {
            return Err(Refused);
        }
        let (amount, note) = (1, self.note.clone());
        let withdrawn = Entry::Withdrawn { amount, note };
        Ok(vec![DomainEvent::of(self.account, withdrawn)])
    }
}

/// For the workload that stores many events at once.
pub(crate) struct Record {
    pub(crate) account: Number,
    pub(crate) entries: Vec<Entry>,
}

impl Decision for Record {
    type Event = DomainEvent;
    type StateQuery = Account;
    type Error = Refused;

    fn state_query(&self) -> Account {
        Account::of(self.account)
    }

    fn process(&self, _: &Account) -> Result<Vec<DomainEvent>, Refused> {
        let entries = self.entries.iter().cloned();
        Ok(entries
            .map(|entry| DomainEvent::of(self.account, entry))
            .collect())
    }
}
