//! A bank on annals: accounts, their read models, and the import of the bank's own books.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::missing_errors_doc,
    reason = "the library of a program, whose readers have its source before them"
)]

mod account;
mod asc;
mod bank_record;
mod failure;
mod history;
mod import;
mod indented;
mod money;
mod read_models;
mod statement;
mod tour;
mod verify;

pub use asc::{AccountNumber, AscFile, Faults};
pub use failure::Failure;
pub use history::history;
pub use import::{Books, Imported, Progress, import};
pub use read_models::caught_up;
pub use statement::statement;
pub use tour::tour;
pub use verify::verify;

use std::time::Duration;

use annals::{App, StoreSource};

use account::Account;

/// How long the read models wait for a process that was killed.
const LEASE: Duration = Duration::from_secs(5);

/// What the bank consists of.
pub fn app(store: impl Into<StoreSource>) -> App {
    read_models::add_to(App::new(store).aggregate::<Account>()).lease(LEASE)
}
