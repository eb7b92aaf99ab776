//! The account, declared.

use std::fmt;

use eventually::aggregate::Aggregate;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use peers_protocol::Entry;

#[derive(Clone)]
pub(crate) struct Account;

#[derive(Debug)]
pub(crate) enum AccountCommand {
    Withdraw {
        amount: i64,
        note: String,
    },
    /// For the workload that stores many events at once.
    Record(Vec<Entry>),
}

#[derive(Debug, Clone)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the balance is too low")
    }
}

impl std::error::Error for Refused {}

impl Aggregate for Account {
    type Id = String;
    type State = i64;
    type Event = Entry;
    type Command = AccountCommand;
    type Error = Refused;

    fn apply(balance: i64, event: Entry) -> Result<i64, Refused> {
        Ok(balance + event.change())
    }

    fn handle<'a, 's: 'a>(
        &'a self,
        _: &'s String,
        balance: &'s i64,
        command: AccountCommand,
    ) -> BoxFuture<'a, Result<Option<Vec<Entry>>, Refused>> {
        let decided = match command {
            AccountCommand::Withdraw { amount, .. } if *balance < amount => Err(Refused),
            AccountCommand::Withdraw { amount, note } => {
                Ok(Some(vec![Entry::Withdrawn { amount, note }]))
            }
            AccountCommand::Record(entries) => Ok(Some(entries)),
        };
        ready(decided).boxed()
    }
}
