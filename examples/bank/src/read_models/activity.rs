//! A row for each entry of each account, in the order in which they were stored.

use std::num::ParseIntError;

use annals::prelude::*;
use chrono::NaiveDate;

use crate::account::{
    Channel, Counterparty, FeeCharged, InterestCredited, MoneyDeposited, MoneyWithdrawn,
    PenaltyInterestCharged, TransferReceived, TransferSent,
};
use crate::money::Money;

#[derive(Debug, Clone, PartialEq, ReadModel)]
pub struct Activity {
    #[key]
    pub position: Position,
    #[index]
    pub account: u32,
    pub what: String,
    /// In hellers; negative where money left the account.
    pub amount: Money,
    pub counterparty: Option<String>,
    pub booked: NaiveDate,
}

#[projection(name = "activity", version = 1)]
impl Activity {
    #[key(cx.position())]
    fn deposited(event: &MoneyDeposited, cx: &Recorded) -> Result<Self, ParseIntError> {
        Activity::of("cash deposit", event.amount, cx)
    }

    #[key(cx.position())]
    fn withdrawn(event: &MoneyWithdrawn, cx: &Recorded) -> Result<Self, ParseIntError> {
        let what = match event.channel {
            Channel::Cash => "cash withdrawal",
            Channel::Card => "card withdrawal",
        };
        Activity::of(what, -event.amount, cx)
    }

    #[key(cx.position())]
    fn received(event: &TransferReceived, cx: &Recorded) -> Result<Self, ParseIntError> {
        Ok(Activity::of("transfer received", event.amount, cx)?.with(&event.from))
    }

    #[key(cx.position())]
    fn sent(event: &TransferSent, cx: &Recorded) -> Result<Self, ParseIntError> {
        Ok(Activity::of("transfer sent", -event.amount, cx)?.with(&event.to))
    }

    #[key(cx.position())]
    fn interest_credited(event: &InterestCredited, cx: &Recorded) -> Result<Self, ParseIntError> {
        Activity::of("interest", event.amount, cx)
    }

    #[key(cx.position())]
    fn penalty_charged(
        event: &PenaltyInterestCharged,
        cx: &Recorded,
    ) -> Result<Self, ParseIntError> {
        Activity::of("penalty interest", -event.amount, cx)
    }

    #[key(cx.position())]
    fn fee_charged(event: &FeeCharged, cx: &Recorded) -> Result<Self, ParseIntError> {
        Activity::of("statement fee", -event.amount, cx)
    }
}

impl Activity {
    fn of(what: &str, amount: Money, cx: &Recorded) -> Result<Self, ParseIntError> {
        Ok(Activity {
            position: cx.position(),
            account: cx.stream().id().parse()?,
            what: what.to_owned(),
            amount,
            counterparty: None,
            booked: cx.occurred_at().date_naive(),
        })
    }

    fn with(self, counterparty: &Counterparty) -> Self {
        let is_known = counterparty.is_known();
        Activity {
            counterparty: is_known.then(|| counterparty.to_string()),
            ..self
        }
    }
}
