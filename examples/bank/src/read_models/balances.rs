//! A row for each account.

use std::num::ParseIntError;

use annals::prelude::*;
use chrono::NaiveDate;

use crate::account::{
    Account, AccountOpened, FeeCharged, InterestCredited, MoneyDeposited, MoneyWithdrawn,
    PenaltyInterestCharged, Statements, TransferReceived, TransferSent,
};
use crate::money::Money;

#[derive(Debug, Clone, PartialEq, ReadModel)]
pub struct Balance {
    #[key]
    pub account: u32,
    #[index]
    pub district: u32,
    #[column(text)]
    pub statements: Statements,
    /// In hellers.
    pub balance: Money,
    /// How many entries the account has.
    pub entries: u32,
    /// The day of the last one; of the opening, where there is none.
    pub last_booked: NaiveDate,
}

// `exhaustive`: an event that is added to the account, and forgotten here, does not compile.
#[projection(name = "balances", version = 1, exhaustive(Account))]
impl Balance {
    fn opened(event: &AccountOpened, cx: &Recorded) -> Result<Self, ParseIntError> {
        Ok(Balance {
            account: cx.stream().id().parse()?,
            district: event.district.0,
            statements: event.statements,
            balance: Money::ZERO,
            entries: 0,
            last_booked: cx.occurred_at().date_naive(),
        })
    }

    fn deposited(&mut self, event: &MoneyDeposited, cx: &Recorded) {
        self.book(event.amount, cx);
    }

    fn withdrawn(&mut self, event: &MoneyWithdrawn, cx: &Recorded) {
        self.book(-event.amount, cx);
    }

    fn received(&mut self, event: &TransferReceived, cx: &Recorded) {
        self.book(event.amount, cx);
    }

    fn sent(&mut self, event: &TransferSent, cx: &Recorded) {
        self.book(-event.amount, cx);
    }

    fn interest_credited(&mut self, event: &InterestCredited, cx: &Recorded) {
        self.book(event.amount, cx);
    }

    fn penalty_charged(&mut self, event: &PenaltyInterestCharged, cx: &Recorded) {
        self.book(-event.amount, cx);
    }

    fn fee_charged(&mut self, event: &FeeCharged, cx: &Recorded) {
        self.book(-event.amount, cx);
    }
}

impl Balance {
    fn book(&mut self, effect: Money, cx: &Recorded) {
        self.balance += effect;
        self.entries += 1;
        self.last_booked = cx.occurred_at().date_naive();
    }
}
