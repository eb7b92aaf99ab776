//! The account, declared.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope, View};
use peers_protocol::Entry;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AccountEvent(pub(crate) Entry);

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        self.0.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
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

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) balance: i64,
}

impl Aggregate for Account {
    const TYPE: &'static str = "Account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = Refused;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccountCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refused> {
        match command {
            AccountCommand::Withdraw { amount, note } => {
                if self.balance < amount {
                    return Err(Refused);
                }
                let withdrawn = AccountEvent(Entry::Withdrawn { amount, note });
                sink.write(withdrawn, self).await;
            }
            AccountCommand::Record(entries) => {
                for entry in entries {
                    sink.write(AccountEvent(entry), self).await;
                }
            }
        }
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        self.balance += event.0.change();
    }
}

/// A row of the table of balances.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Balance {
    balance: i64,
}

impl View<Account> for Balance {
    fn update(&mut self, event: &EventEnvelope<Account>) {
        self.balance += event.payload.0.change();
    }
}
