//! What an account can be asked for.
//!
//! A customer *asks*, and may be refused: `Open`, `Deposit`, `Withdraw`, `ReceiveTransfer`, `SendTransfer`. The bank's
//! books *tell* what the bank has already decided: `Book`.

use super::{
    AccountEvent, Channel, Counterparty, District, FeeCharged, InterestCredited, MoneyDeposited,
    MoneyWithdrawn, PenaltyInterestCharged, Purpose, Statements, TransferReceived, TransferSent,
};
use crate::money::Money;

#[derive(Debug, Clone)]
pub struct Open {
    pub district: District,
    pub statements: Statements,
}

#[derive(Debug, Clone)]
pub struct Deposit {
    pub amount: Money,
}

#[derive(Debug, Clone)]
pub struct Withdraw {
    pub amount: Money,
    pub channel: Channel,
}

#[derive(Debug, Clone)]
pub struct ReceiveTransfer {
    pub amount: Money,
    pub from: Counterparty,
    pub purpose: Option<Purpose>,
}

#[derive(Debug, Clone)]
pub struct SendTransfer {
    pub amount: Money,
    pub to: Counterparty,
    pub purpose: Option<Purpose>,
}

/// Takes over an entry of the bank's books.
#[derive(Debug, Clone)]
pub struct Book(pub Entry);

/// One entry of the bank's books: a fact already, only not yet recorded here.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    Deposit(MoneyDeposited),
    Withdrawal(MoneyWithdrawn),
    TransferReceived(TransferReceived),
    TransferSent(TransferSent),
    Interest(InterestCredited),
    PenaltyInterest(PenaltyInterestCharged),
    Fee(FeeCharged),
}

impl Entry {
    pub fn amount(&self) -> Money {
        match self {
            Entry::Deposit(entry) => entry.amount,
            Entry::Withdrawal(entry) => entry.amount,
            Entry::TransferReceived(entry) => entry.amount,
            Entry::TransferSent(entry) => entry.amount,
            Entry::Interest(entry) => entry.amount,
            Entry::PenaltyInterest(entry) => entry.amount,
            Entry::Fee(entry) => entry.amount,
        }
    }
}

impl Entry {
    /// What the entry does to the balance.
    pub fn effect(&self) -> Money {
        match self {
            Entry::Deposit(_) | Entry::TransferReceived(_) | Entry::Interest(_) => self.amount(),
            Entry::Withdrawal(_)
            | Entry::TransferSent(_)
            | Entry::PenaltyInterest(_)
            | Entry::Fee(_) => -self.amount(),
        }
    }
}

impl From<Entry> for AccountEvent {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Deposit(event) => event.into(),
            Entry::Withdrawal(event) => event.into(),
            Entry::TransferReceived(event) => event.into(),
            Entry::TransferSent(event) => event.into(),
            Entry::Interest(event) => event.into(),
            Entry::PenaltyInterest(event) => event.into(),
            Entry::Fee(event) => event.into(),
        }
    }
}
