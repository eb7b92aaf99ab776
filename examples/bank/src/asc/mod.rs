//! The files of the PKDD'99 "Berka" data set: one header, then one record a line, `;` between the fields, text in
//! double quotes, dates as YYMMDD, ASCII.
//!
//! A file is checked as a whole before anything of it is used, and every line that cannot be read is reported.

mod accounts;
mod codes;
mod fault;
mod fields;
mod file;
mod transactions;

pub use accounts::{OpenedAccount, read_accounts};
pub use fault::{Fault, Faults, Place};
pub use fields::same_fields;
pub use file::AscFile;
pub use transactions::{Transaction, read_transactions};

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// What the bank calls an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountNumber(pub u32);

impl fmt::Display for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for AccountNumber {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(AccountNumber)
    }
}
