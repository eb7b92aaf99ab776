//! Why an account refuses.

use annals::prelude::*;

use crate::money::Money;

/// Kept with the key of the command that was refused, so that the same command again gets the same answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("the account is not open")]
    NotOpen,
    #[error("the account is open already")]
    AlreadyOpen,
    #[error("{0} is not a positive amount")]
    AmountNotPositive(Money),
    #[error("{asked} are asked for, and {balance} are there")]
    NotCovered { asked: Money, balance: Money },
}
