//! The account, declared.

use es_entity::*;
use peers_protocol::{Account as Number, Entry};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

es_entity::entity_id! { AccountId }

pub(crate) fn id(account: Number) -> AccountId {
    AccountId::from(Uuid::from_u128(account.bits()))
}

#[derive(EsEvent, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[es_event(id = "AccountId")]
pub enum AccountEvent {
    Opened { owner: String, balance: i64 },
    Deposited { amount: i64, note: String },
    Withdrawn { amount: i64, note: String },
}

impl AccountEvent {
    pub(crate) fn change(&self) -> i64 {
        match self {
            AccountEvent::Opened { balance, .. } => *balance,
            AccountEvent::Deposited { amount, .. } => *amount,
            AccountEvent::Withdrawn { amount, .. } => -*amount,
        }
    }
}

impl From<Entry> for AccountEvent {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Opened { owner, balance } => AccountEvent::Opened { owner, balance },
            Entry::Deposited { amount, note } => AccountEvent::Deposited { amount, note },
            Entry::Withdrawn { amount, note } => AccountEvent::Withdrawn { amount, note },
        }
    }
}

#[derive(EsEntity)]
pub struct Account {
    pub id: AccountId,
    pub balance: i64,
    pub(crate) entries: usize,
    events: EntityEvents<AccountEvent>,
}

impl Account {
    pub(crate) fn withdraw(&mut self, amount: i64, note: String) {
        assert!(self.balance >= amount, "the account can pay");
        self.balance -= amount;
        self.events.push(AccountEvent::Withdrawn { amount, note });
    }
}

impl TryFromEvents<AccountEvent> for Account {
    fn try_from_events(events: EntityEvents<AccountEvent>) -> Result<Self, EntityHydrationError> {
        let (mut balance, mut entries) = (0, 0);
        for event in events.iter_all() {
            balance += event.change();
            entries += 1;
        }
        let id = *events.id();
        Ok(Account {
            id,
            balance,
            entries,
            events,
        })
    }
}

pub struct NewAccount {
    pub(crate) id: AccountId,
    pub(crate) events: Vec<AccountEvent>,
}

impl IntoEvents<AccountEvent> for NewAccount {
    type IdSource = FromCaller;

    fn into_events(
        self,
        builder: EntityEventsBuilder<AccountEvent, FromCaller>,
    ) -> EntityEvents<AccountEvent> {
        builder.initial_events(self.id, self.events)
    }
}

#[derive(EsRepo)]
#[es_repo(entity = "Account", id(source = caller))]
pub struct Accounts {
    pub(crate) pool: PgPool,
}
