//! Commands and loads.

use std::sync::Arc;

use peers_protocol::{Account as Number, Entry, Ledger};
use sqlx::PgPool;

use crate::domain::{AccountEvent, Accounts, NewAccount, id};

#[derive(Clone)]
pub(crate) struct Books {
    pub(crate) accounts: Arc<Accounts>,
}

impl Books {
    pub(crate) fn new(pool: &PgPool) -> Self {
        let pool = pool.clone();
        Books {
            accounts: Arc::new(Accounts { pool }),
        }
    }
}

impl Ledger for Books {
    async fn withdraw(&self, account: Number, note: String) -> u64 {
        let mut conflicts = 0;
        loop {
            let found = self.accounts.find_by_id(id(account)).await;
            let mut account = found.expect("the account is read");
            account.withdraw(1, note.clone());
            match self.accounts.update(&mut account).await {
                Ok(_) => return conflicts,
                Err(error) => {
                    let told = format!("{error:?}");
                    let is_conflict = ["oncurrentModification", "23505", "duplicate key"]
                        .iter()
                        .any(|word| told.contains(word));
                    assert!(is_conflict, "{told}");
                    conflicts += 1;
                }
            }
        }
    }

    async fn load(&self, account: Number) -> (usize, i64) {
        let account = self.accounts.find_by_id(id(account)).await;
        let account = account.expect("the account is read");
        (account.entries, account.balance)
    }

    async fn open(&self, account: Number, entries: Vec<Entry>) {
        let new = NewAccount {
            id: id(account),
            events: entries.into_iter().map(AccountEvent::from).collect(),
        };
        self.accounts.create(new).await.expect("the account is new");
    }
}
