//! The facts of an account. Each names the type under which it is stored, and its version.

use std::fmt;
use std::str::FromStr;

use annals::prelude::*;

use crate::money::Money;

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = AccountOpenedV1::into_current)]
pub struct AccountOpened {
    pub district: District,
    pub statements: Statements,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("money.deposited")]
pub struct MoneyDeposited {
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
pub struct MoneyWithdrawn {
    pub amount: Money,
    pub channel: Channel,
    pub purpose: Option<Purpose>,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("transfer.received")]
pub struct TransferReceived {
    pub amount: Money,
    pub from: Counterparty,
    pub purpose: Option<Purpose>,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("transfer.sent")]
pub struct TransferSent {
    pub amount: Money,
    pub to: Counterparty,
    pub purpose: Option<Purpose>,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("interest.credited")]
pub struct InterestCredited {
    pub amount: Money,
}

/// What an overdrawn balance costs.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("penalty_interest.charged")]
pub struct PenaltyInterestCharged {
    pub amount: Money,
}

/// What a statement costs.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("fee.charged")]
pub struct FeeCharged {
    pub amount: Money,
}

/// How the first release stored an opened account: as the bank's file has it. Stored events keep this form for ever,
/// so the type stays, and one function says what it means today.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
pub struct AccountOpenedV1 {
    pub district: u32,
    pub frequency: Poplatek,
}

/// When the statement fee is due, in the words of the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Schema, Serialize, Deserialize)]
pub enum Poplatek {
    #[serde(rename = "POPLATEK MESICNE")]
    Mesicne,
    #[serde(rename = "POPLATEK TYDNE")]
    Tydne,
    #[serde(rename = "POPLATEK PO OBRATU")]
    PoObratu,
}

impl AccountOpenedV1 {
    fn into_current(self) -> AccountOpened {
        AccountOpened {
            district: District(self.district),
            statements: match self.frequency {
                Poplatek::Mesicne => Statements::Monthly,
                Poplatek::Tydne => Statements::Weekly,
                Poplatek::PoObratu => Statements::AfterEachTransaction,
            },
        }
    }
}

/// The number of the district in which the branch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[serde(transparent)]
pub struct District(pub u32);

/// How often the customer gets a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statements {
    Monthly,
    Weekly,
    AfterEachTransaction,
}

impl FromStr for Statements {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        use Statements::{AfterEachTransaction, Monthly, Weekly};

        let mut all = [Monthly, Weekly, AfterEachTransaction].into_iter();
        all.find(|statements| statements.to_string() == text)
            .ok_or_else(|| format!("`{text}` is not how often there are statements"))
    }
}

impl fmt::Display for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Statements::Monthly => "monthly",
            Statements::Weekly => "weekly",
            Statements::AfterEachTransaction => "after each transaction",
        })
    }
}

/// How money left the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Cash,
    Card,
}

/// What a payment was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Household,
    Insurance,
    Loan,
    Pension,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Purpose::Household => "household",
            Purpose::Insurance => "insurance",
            Purpose::Loan => "loan",
            Purpose::Pension => "pension",
        })
    }
}

/// The other account of a transfer, at whatever bank; empty where the bank did not record it.
#[derive(Debug, Clone, PartialEq, Eq, Schema, Serialize, Deserialize)]
pub struct Counterparty {
    pub bank: String,
    pub account: String,
}

impl Counterparty {
    /// Whether it says which account it is.
    pub fn is_known(&self) -> bool {
        !self.bank.is_empty() && !self.account.is_empty()
    }
}

impl fmt::Display for Counterparty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.bank, self.account)
    }
}
