//! What the driver and the programs of the systems have in common: the accounts and their events, how a program is asked and
//! answers, what is measured and how. Without the feature `tokio` it needs nothing but the standard library, so that a system
//! of another age can use it.

mod accounts;
#[cfg(feature = "tokio")]
mod callers;
#[cfg(feature = "tokio")]
mod copy_in;
mod figure;
mod meter;
mod request;
#[cfg(feature = "tokio")]
mod workloads;

pub use accounts::{Account, Balances, Entry, balance_at, entry, interleaved};
#[cfg(feature = "tokio")]
pub use callers::{Called, call};
#[cfg(feature = "tokio")]
pub use copy_in::CopyIn;
pub use figure::Figure;
pub use meter::{Measured, Meter};
pub use request::{Dataset, Request, Verb};
#[cfg(feature = "tokio")]
pub use workloads::{Ledger, batches, commands, hot_stream, loads};
