//! What the driver and the programs of the systems have in common: the accounts and their events, how a program is asked and
//! answers, what is measured and how. It asks for little, so that systems of another age can use it.

mod accounts;
#[cfg(feature = "workloads")]
mod callers;
#[cfg(feature = "tokio")]
mod copy_in;
mod figure;
#[cfg(feature = "tokio")]
mod following;
mod meter;
mod processors;
mod request;
#[cfg(feature = "workloads")]
mod workloads;

pub use accounts::{Account, Balances, Entry, balance_at, entry, interleaved, seeded};
#[cfg(feature = "workloads")]
pub use callers::{Called, call};
#[cfg(feature = "tokio")]
pub use copy_in::CopyIn;
pub use figure::Figure;
#[cfg(feature = "tokio")]
pub use following::follow;
pub use meter::{Measured, Meter};
pub use processors::{Processors, SERVER};
pub use request::{Dataset, Request, Verb};
#[cfg(feature = "workloads")]
pub use workloads::{Ledger, batches, commands, hot_stream, loads};
