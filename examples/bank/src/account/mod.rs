//! The account: what can happen to it, and what it decides.

mod commands;
mod events;
mod refusal;
#[cfg(test)]
mod tests;

pub use commands::{Book, Deposit, Entry, Open, ReceiveTransfer, SendTransfer, Withdraw};
pub use events::{
    AccountOpened, AccountOpenedV1, Channel, Counterparty, District, FeeCharged, InterestCredited,
    MoneyDeposited, MoneyWithdrawn, PenaltyInterestCharged, Poplatek, Purpose, Statements,
    TransferReceived, TransferSent,
};
pub use refusal::Refusal;

use annals::prelude::*;

use crate::asc::AccountNumber;
use crate::money::Money;

/// The state that decisions need; nobody stores it but as a snapshot.
#[derive(Debug, Default, PartialEq, Aggregate, Serialize, Deserialize)]
#[aggregate(
    name = "account",
    id = AccountNumber,
    events(
        AccountOpened,
        MoneyDeposited,
        MoneyWithdrawn,
        TransferReceived,
        TransferSent,
        InterestCredited,
        PenaltyInterestCharged,
        FeeCharged,
    ),
    snapshot(every = 100)
)]
pub struct Account {
    /// `None` until the account is opened.
    pub terms: Option<Terms>,
    pub balance: Money,
}

/// What was agreed upon when the account was opened.
#[derive(Debug, Clone, PartialEq, Schema, Serialize, Deserialize)]
pub struct Terms {
    pub district: District,
    pub statements: Statements,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.terms = Some(Terms {
            district: event.district,
            statements: event.statements,
        });
    }

    fn deposited(&mut self, event: MoneyDeposited) {
        self.balance += event.amount;
    }

    fn withdrawn(&mut self, event: MoneyWithdrawn) {
        self.balance -= event.amount;
    }

    fn received(&mut self, event: TransferReceived) {
        self.balance += event.amount;
    }

    fn sent(&mut self, event: TransferSent) {
        self.balance -= event.amount;
    }

    fn interest_credited(&mut self, event: InterestCredited) {
        self.balance += event.amount;
    }

    fn penalty_charged(&mut self, event: PenaltyInterestCharged) {
        self.balance -= event.amount;
    }

    fn fee_charged(&mut self, event: FeeCharged) {
        self.balance -= event.amount;
    }

    fn open(&self, command: Open) -> Result<AccountOpened, Refusal> {
        if self.terms.is_some() {
            return Err(Refusal::AlreadyOpen);
        }
        Ok(AccountOpened {
            district: command.district,
            statements: command.statements,
        })
    }

    fn deposit(&self, command: Deposit) -> Result<MoneyDeposited, Refusal> {
        let amount = self.payable(command.amount)?;
        Ok(MoneyDeposited { amount })
    }

    fn withdraw(&self, command: Withdraw) -> Result<MoneyWithdrawn, Refusal> {
        Ok(MoneyWithdrawn {
            amount: self.covered(command.amount)?,
            channel: command.channel,
            purpose: None,
        })
    }

    fn receive(&self, command: ReceiveTransfer) -> Result<TransferReceived, Refusal> {
        Ok(TransferReceived {
            amount: self.payable(command.amount)?,
            from: command.from,
            purpose: command.purpose,
        })
    }

    fn send(&self, command: SendTransfer) -> Result<TransferSent, Refusal> {
        Ok(TransferSent {
            amount: self.covered(command.amount)?,
            to: command.to,
            purpose: command.purpose,
        })
    }

    // No look at the balance: the bank has booked it already, and may have let the customer overdraw.
    fn book(&self, Book(entry): Book) -> Result<AccountEvent, Refusal> {
        if self.terms.is_none() {
            return Err(Refusal::NotOpen);
        }
        if entry.amount() < Money::ZERO {
            return Err(Refusal::AmountNotPositive(entry.amount()));
        }
        Ok(entry.into())
    }
}

impl Account {
    /// The amount, where a customer can ask for it at all.
    fn payable(&self, amount: Money) -> Result<Money, Refusal> {
        if self.terms.is_none() {
            return Err(Refusal::NotOpen);
        }
        if amount <= Money::ZERO {
            return Err(Refusal::AmountNotPositive(amount));
        }
        Ok(amount)
    }

    /// The amount, where the customer has it.
    fn covered(&self, amount: Money) -> Result<Money, Refusal> {
        let amount = self.payable(amount)?;
        if amount > self.balance {
            return Err(Refusal::NotCovered {
                asked: amount,
                balance: self.balance,
            });
        }
        Ok(amount)
    }
}
