//! Commands and loads.

use std::sync::Arc;

use evento::{ProjectionAggregate, WriteError};
use peers_protocol::{Account as Number, Entry, Ledger};
use sqlx::postgres::PgPool;

use crate::domain::{Deposited, Opened, Withdrawn, account, folded};

pub(crate) type Store = evento::Postgres;

#[derive(Clone)]
pub(crate) struct Books {
    pub(crate) store: Arc<Store>,
}

impl Books {
    pub(crate) fn new(pool: &PgPool) -> Self {
        Books {
            store: Arc::new(pool.clone().into()),
        }
    }
}

impl Ledger for Books {
    async fn withdraw(&self, number: Number, note: String) -> u64 {
        let (id, mut conflicts) = (number.to_string(), 0);
        loop {
            let loaded = account::<Store>().load(&id).execute(&*self.store).await;
            let loaded = loaded.expect("the account is read").expect("it exists");
            assert!(loaded.balance >= 1, "the account can pay");
            let note = note.clone();
            let mut write = loaded.write().expect("it has an id");
            let withdrawn = Withdrawn { amount: 1, note };
            match write.event(&withdrawn).commit(&*self.store).await {
                Ok(_) => return conflicts,
                Err(WriteError::InvalidOriginalVersion) => conflicts += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn load(&self, number: Number) -> (usize, i64) {
        let id = number.to_string();
        let loaded = folded::<Store>().load(&id).execute(&*self.store).await;
        let folded = loaded.expect("the account is read").expect("it exists");
        (folded.events, folded.balance)
    }

    async fn open(&self, number: Number, entries: Vec<Entry>) {
        let mut write = evento::append(number.to_string());
        for entry in entries {
            match entry {
                Entry::Opened { owner, balance } => write.event(&Opened { owner, balance }),
                Entry::Deposited { amount, note } => write.event(&Deposited { amount, note }),
                Entry::Withdrawn { amount, note } => write.event(&Withdrawn { amount, note }),
            };
        }
        write
            .commit(&*self.store)
            .await
            .expect("the account is new");
    }
}
