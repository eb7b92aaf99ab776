//! What of the files is still to be stored.

use std::collections::HashMap;

use annals::prelude::*;
use chrono::NaiveDate;

use super::day_order::in_bank_order;
use crate::account::Account;
use crate::asc::{Fault, OpenedAccount, Transaction, same_fields};
use crate::bank_record::BankRecord;
use crate::failure::Failure;

/// What is to be done for one account.
pub struct Plan {
    pub account: OpenedAccount,
    /// Whether it is open already.
    pub is_open: bool,
    /// How far its stream was when the plan was made.
    pub version: Version,
    /// The transactions that are not stored yet, in the order in which the bank booked them.
    pub transactions: Vec<Transaction>,
    /// How many were stored before.
    pub stored: usize,
}

impl Plan {
    /// How many commands it takes.
    pub fn commands(&self) -> usize {
        usize::from(!self.is_open) + self.transactions.len()
    }
}

/// Compares the files with what the store holds of an account. Whatever an earlier import has stored, all of it or only
/// the beginning, is left out here; what contradicts it is a fault.
pub async fn plan(
    store: &Store,
    account: OpenedAccount,
    transactions: Vec<Transaction>,
) -> Result<(Plan, Vec<Fault>), Failure> {
    let stored = Stored::read(store, &account).await?;
    let given = transactions.len();
    let mut faults = Vec::new();
    if let Some(line) = &stored.opening
        && !same_fields(line, &account.line)
    {
        let expected = format!("account {} as it is stored, `{line}`", account.number);
        faults.push(
            account
                .place
                .fault(1, expected, format!("`{}`", account.line)),
        );
    }
    let mut new = Vec::new();
    for transaction in transactions {
        match stored.lines.get(&transaction.id) {
            None => {
                faults.extend(stored.older(&transaction));
                new.push(transaction);
            }
            Some(line) if same_fields(line, &transaction.line) => {}
            Some(line) => {
                let expected = format!("transaction {} as it is stored, `{line}`", transaction.id);
                let found = format!("`{}`", transaction.line);
                faults.push(transaction.place.fault(1, expected, found));
            }
        }
    }
    let plan = Plan {
        account,
        is_open: stored.account.terms.is_some(),
        version: stored.version,
        stored: given - new.len(),
        transactions: in_bank_order(new, stored.account.balance),
    };
    Ok((plan, faults))
}

/// What the store holds of an account.
#[derive(Default)]
struct Stored {
    /// With the balance that the bank recorded last, where it recorded one.
    account: Account,
    version: Version,
    opening: Option<String>,
    lines: HashMap<u64, String>,
    last: Option<NaiveDate>,
}

impl Stored {
    async fn read(store: &Store, account: &OpenedAccount) -> Result<Self, Failure> {
        let root = store.aggregate::<Account>(account.number);
        let mut stored = Stored::default();
        let mut events = root.events();
        while let Some((event, recorded)) = events.next().await? {
            let record = BankRecord::of(&recorded)?;
            stored.account.evolve(event, &recorded);
            stored.version = recorded.version();
            if let Some(balance) = record.balance {
                stored.account.balance = balance;
            }
            match (record.transaction, record.line) {
                (Some(id), Some(line)) => {
                    stored.lines.insert(id, line);
                    stored.last = Some(recorded.occurred_at().date_naive());
                }
                (None, Some(line)) => stored.opening = Some(line),
                _ => {}
            }
        }
        Ok(stored)
    }

    /// Events are only ever added at the end, so an import cannot put a transaction in between.
    fn older(&self, transaction: &Transaction) -> Option<Fault> {
        let last = self.last.filter(|last| transaction.date < *last)?;
        let expected = format!(
            "no transaction of account {} before {last}, up to which it is stored (import older files first)",
            transaction.account
        );
        let found = format!("one of {}", transaction.date);
        Some(transaction.place.fault(1, expected, found))
    }
}
