//! What is kept beside an imported event: the bank's own record of it.

use annals::prelude::*;

use crate::asc::{OpenedAccount, Transaction};
use crate::failure::Failure;
use crate::money::Money;

/// The bank's record, in the entries of an event's metadata. An event of the tour's customers has none.
#[derive(Debug, Default, PartialEq)]
pub struct BankRecord {
    /// The bank's number of the transaction.
    pub transaction: Option<u64>,
    /// The balance after it, as the bank had it.
    pub balance: Option<Money>,
    /// The line of the bank's file, so that nothing of it is lost.
    pub line: Option<String>,
}

/// As it is stored. The balance is text, like `1234.50`: readable in SQL, and exact in JSON.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entries {
    transaction: Option<u64>,
    balance: Option<String>,
    line: Option<String>,
}

impl BankRecord {
    pub fn of(recorded: &Recorded) -> Result<Self, Failure> {
        Self::from_metadata(recorded.metadata()).map_err(|reason| {
            Failure::new(format!(
                "event {} of `{}` has metadata that no import has written: {reason}",
                recorded.version(),
                recorded.stream(),
            ))
        })
    }

    fn from_metadata(metadata: &Metadata) -> Result<Self, String> {
        let entries: Entries = metadata.entries().map_err(|error| error.to_string())?;
        let balance = entries
            .balance
            .map(|text| {
                text.parse()
                    .map_err(|error| format!("balance `{text}` is {error}"))
            })
            .transpose()?;
        Ok(BankRecord {
            transaction: entries.transaction,
            balance,
            line: entries.line,
        })
    }
}

impl Transaction {
    /// What is kept beside the event.
    pub fn metadata(&self) -> Metadata {
        Metadata::new()
            .with("transaction", self.id)
            .with("balance", self.balance.to_string())
            .with("line", &*self.line)
    }
}

impl OpenedAccount {
    /// What is kept beside the event.
    pub fn metadata(&self) -> Metadata {
        Metadata::new().with("line", &*self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_that_is_no_amount_is_an_error_and_not_a_missing_one() {
        let record = BankRecord::from_metadata(&Metadata::new().with("balance", "1,5"));
        assert_eq!(
            record,
            Err("balance `1,5` is not an amount with two decimals, like `1234.50`".to_owned())
        );
        assert!(BankRecord::from_metadata(&Metadata::new().with("balance", 1.5)).is_err());
    }

    #[test]
    fn other_entries_do_not_matter() {
        let record = BankRecord::from_metadata(&Metadata::new().with("teller", "Novák"));
        assert_eq!(record, Ok(BankRecord::default()));
    }
}
