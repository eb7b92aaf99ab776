//! Commands and loads.

use std::sync::Arc;

use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{AggregateError, EventStore};
use peers_protocol::{Account as Number, Entry, Ledger};
use postgres_es::{PostgresCqrs, PostgresEventRepository, postgres_cqrs};
use sqlx::postgres::PgPool;

use crate::domain::{Account, AccountCommand};

/// One snapshot in so many events: the one that was seeded stays the last.
const SNAPSHOT_EVERY: usize = 9_990;

type Store = PersistedEventStore<PostgresEventRepository, Account>;

#[derive(Clone)]
pub(crate) struct Books {
    cqrs: Arc<PostgresCqrs<Account>>,
    pool: PgPool,
}

impl Books {
    pub(crate) fn new(pool: PgPool) -> Self {
        Books {
            cqrs: Arc::new(postgres_cqrs(pool.clone(), Vec::new(), ())),
            pool,
        }
    }

    pub(crate) async fn load_with_snapshot(self) -> (usize, i64) {
        let repository = PostgresEventRepository::new(self.pool.clone());
        let store = Store::new_snapshot_store(repository, SNAPSHOT_EVERY);
        read(store, Number::long_with_snapshot()).await
    }
}

async fn read(store: Store, account: Number) -> (usize, i64) {
    let context = store.load_aggregate(&account.to_string()).await;
    let context = context.expect("the account is read");
    (context.current_sequence, context.aggregate.balance)
}

impl Ledger for Books {
    async fn withdraw(&self, account: Number, note: String) -> u64 {
        let (account, mut conflicts) = (account.to_string(), 0);
        loop {
            let note = note.clone();
            let command = AccountCommand::Withdraw { amount: 1, note };
            match self.cqrs.execute(&account, command).await {
                Ok(()) => return conflicts,
                Err(AggregateError::AggregateConflict) => conflicts += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn load(&self, account: Number) -> (usize, i64) {
        let repository = PostgresEventRepository::new(self.pool.clone());
        read(Store::new_event_store(repository), account).await
    }

    async fn open(&self, account: Number, entries: Vec<Entry>) {
        let command = AccountCommand::Record(entries);
        let executed = self.cqrs.execute(&account.to_string(), command).await;
        executed.expect("the account is new");
    }
}
