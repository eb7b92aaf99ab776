//! What the bank's codes mean.

use super::fault::Misread;
use super::fields::Field;
use crate::account::{
    Channel, Counterparty, Entry, FeeCharged, InterestCredited, MoneyDeposited, MoneyWithdrawn,
    PenaltyInterestCharged, Purpose, TransferReceived, TransferSent,
};
use crate::money::Money;

/// The fields of a transaction that say together what happened.
pub struct Codes<'a> {
    pub kind: Field<'a>,
    pub operation: Field<'a>,
    pub symbol: Field<'a>,
    pub bank: Field<'a>,
    pub account: Field<'a>,
}

impl Codes<'_> {
    /// The entry of the bank's books for which the codes stand.
    pub fn entry(&self, amount: Money) -> Result<Entry, Misread> {
        match self.kind.text {
            "PRIJEM" => self.credit(amount),
            "VYDAJ" => self.debit(amount),
            "VYBER" => self.withdrawal(amount),
            _ => Err(self.kind.misread("the type `PRIJEM`, `VYDAJ` or `VYBER`")),
        }
    }

    fn credit(&self, amount: Money) -> Result<Entry, Misread> {
        match self.operation.text {
            "VKLAD" => {
                self.purpose("")?;
                Ok(Entry::Deposit(MoneyDeposited { amount }))
            }
            "PREVOD Z UCTU" => Ok(Entry::TransferReceived(TransferReceived {
                amount,
                from: self.counterparty(),
                purpose: self.purpose("")?,
            })),
            "" => match self.symbol.text {
                "UROK" => Ok(Entry::Interest(InterestCredited { amount })),
                _ => Err(self
                    .symbol
                    .misread("the k_symbol `UROK` of a `PRIJEM` without operation")),
            },
            _ => Err(self
                .operation
                .misread("an operation of type `PRIJEM`: `VKLAD`, `PREVOD Z UCTU` or nothing")),
        }
    }

    fn debit(&self, amount: Money) -> Result<Entry, Misread> {
        match self.operation.text {
            "VYBER" => self.cash(amount),
            "VYBER KARTOU" => self.withdrawn(amount, Channel::Card, ""),
            "PREVOD NA UCET" => Ok(Entry::TransferSent(TransferSent {
                amount,
                to: self.counterparty(),
                purpose: self.purpose("")?,
            })),
            _ => Err(self.operation.misread(
                "an operation of type `VYDAJ`: `VYBER`, `VYBER KARTOU` or `PREVOD NA UCET`",
            )),
        }
    }

    fn withdrawal(&self, amount: Money) -> Result<Entry, Misread> {
        match self.operation.text {
            "VYBER" => self.cash(amount),
            _ => Err(self
                .operation
                .misread("the operation `VYBER` of type `VYBER`")),
        }
    }

    /// The bank books what it takes for itself as cash withdrawals, too.
    fn cash(&self, amount: Money) -> Result<Entry, Misread> {
        match self.symbol.text {
            "SLUZBY" => Ok(Entry::Fee(FeeCharged { amount })),
            "SANKC. UROK" => Ok(Entry::PenaltyInterest(PenaltyInterestCharged { amount })),
            _ => self.withdrawn(amount, Channel::Cash, "`SLUZBY`, `SANKC. UROK`, "),
        }
    }

    fn withdrawn(&self, amount: Money, channel: Channel, others: &str) -> Result<Entry, Misread> {
        Ok(Entry::Withdrawal(MoneyWithdrawn {
            amount,
            channel,
            purpose: self.purpose(others)?,
        }))
    }

    /// The purpose, where the k_symbol is none of the others that were possible here.
    fn purpose(&self, others: &str) -> Result<Option<Purpose>, Misread> {
        match self.symbol.text {
            text if text.trim().is_empty() => Ok(None),
            "SIPO" => Ok(Some(Purpose::Household)),
            "POJISTNE" => Ok(Some(Purpose::Insurance)),
            "UVER" => Ok(Some(Purpose::Loan)),
            "DUCHOD" => Ok(Some(Purpose::Pension)),
            _ => Err(self.symbol.misread(format!(
                "a k_symbol of this operation: {others}`SIPO`, `POJISTNE`, `UVER`, `DUCHOD` or nothing"
            ))),
        }
    }

    fn counterparty(&self) -> Counterparty {
        Counterparty {
            bank: self.bank.text.to_owned(),
            account: self.account.text.to_owned(),
        }
    }
}
