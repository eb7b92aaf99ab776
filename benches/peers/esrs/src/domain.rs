//! The account, declared.

use esrs::Aggregate;
use peers_protocol::Entry;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AccountEvent(pub(crate) Entry);

#[derive(Default)]
pub(crate) struct Balance {
    pub(crate) balance: i64,
}

pub(crate) enum AccountCommand {
    Withdraw {
        amount: i64,
        note: String,
    },
    /// For the workload that stores many events at once.
    Record(Vec<Entry>),
}

#[derive(Debug, thiserror::Error)]
#[error("the balance is too low")]
pub(crate) struct Refused;

pub(crate) struct Account;

impl Aggregate for Account {
    const NAME: &'static str = "account";
    type State = Balance;
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = Refused;

    fn handle_command(
        state: &Balance,
        command: AccountCommand,
    ) -> Result<Vec<AccountEvent>, Refused> {
        match command {
            AccountCommand::Withdraw { amount, .. } if state.balance < amount => Err(Refused),
            AccountCommand::Withdraw { amount, note } => {
                Ok(vec![AccountEvent(Entry::Withdrawn { amount, note })])
            }
            AccountCommand::Record(entries) => Ok(entries.into_iter().map(AccountEvent).collect()),
        }
    }

    fn apply_event(mut state: Balance, event: AccountEvent) -> Balance {
        state.balance += event.0.change();
        state
    }
}
