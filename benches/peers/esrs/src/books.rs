//! Commands and loads.

use std::sync::Arc;

use esrs::AggregateState;
use esrs::manager::AggregateManager;
use esrs::store::postgres::{PgStore, PgStoreError};
use peers_protocol::{Account as Number, Entry, Ledger};
use uuid::Uuid;

use crate::domain::{Account, AccountCommand};

#[derive(Clone)]
pub(crate) struct Books {
    manager: Arc<AggregateManager<PgStore<Account>>>,
    is_locked: bool,
}

impl Books {
    pub(crate) fn new(store: PgStore<Account>, is_locked: bool) -> Self {
        Books {
            manager: Arc::new(AggregateManager::new(store)),
            is_locked,
        }
    }
}

pub(crate) fn id(account: Number) -> Uuid {
    Uuid::from_u128(account.bits())
}

impl Ledger for Books {
    async fn withdraw(&self, account: Number, note: String) -> u64 {
        let (id, mut conflicts) = (id(account), 0);
        loop {
            let loaded = match self.is_locked {
                true => {
                    let locked = self.manager.lock_and_load(id).await;
                    locked.map(|locked| Some(locked.unwrap()))
                }
                false => self.manager.load(id).await,
            };
            let state = loaded.expect("the account is read").expect("it exists");
            let note = note.clone();
            let command = AccountCommand::Withdraw { amount: 1, note };
            match self.manager.handle_command(state, command).await {
                Ok(decided) => {
                    decided.expect("the account can pay");
                    return conflicts;
                }
                Err(PgStoreError::Sqlx(sqlx::Error::Database(error)))
                    if error.is_unique_violation() =>
                {
                    conflicts += 1;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn load(&self, account: Number) -> (usize, i64) {
        let state = self.manager.load(id(account)).await;
        let state = state.expect("the account is read").expect("it exists");
        (*state.sequence_number() as usize, state.inner().balance)
    }

    async fn open(&self, account: Number, entries: Vec<Entry>) {
        let state = AggregateState::with_id(id(account));
        let command = AccountCommand::Record(entries);
        let recorded = self.manager.handle_command(state, command).await;
        recorded
            .expect("the account is new")
            .expect("it is allowed");
    }
}
