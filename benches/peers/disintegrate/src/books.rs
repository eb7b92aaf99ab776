//! Commands and loads.

use std::sync::Arc;

use disintegrate::serde::json::Json;
use disintegrate::{DecisionError, EventSourcedStateStore, LoadState, NoSnapshot, WithSnapshot};
use disintegrate_postgres::{Error, PgDecisionMaker, PgEventId, PgSnapshotter};
use peers_protocol::{Account as Number, Entry, Ledger};
use sqlx::postgres::PgPool;

use crate::Store;
use crate::domain::{Account, DomainEvent, Record, Refused, Withdraw};

/// A snapshot is taken of what has at least so many events.
const SNAPSHOT_EVERY: u64 = 9_000;

type States<S> = EventSourcedStateStore<PgEventId, DomainEvent, Store, S>;

#[derive(Clone)]
pub(crate) struct Books {
    decisions: Arc<PgDecisionMaker<DomainEvent, Json<DomainEvent>, NoSnapshot>>,
    store: Store,
}

impl Books {
    pub(crate) fn new(store: &Store) -> Self {
        let decisions = disintegrate_postgres::decision_maker(store.clone(), NoSnapshot);
        Books {
            decisions: Arc::new(decisions),
            store: store.clone(),
        }
    }
}

impl Ledger for Books {
    async fn withdraw(&self, account: Number, note: String) -> u64 {
        let mut conflicts = 0;
        loop {
            let note = note.clone();
            match self.decisions.make(Withdraw { account, note }).await {
                Ok(_) => return conflicts,
                Err(error) if is_conflict(&error) => conflicts += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    async fn load(&self, account: Number) -> (usize, i64) {
        let states: States<NoSnapshot> =
            EventSourcedStateStore::new(self.store.clone(), NoSnapshot);
        let loaded = states.load(Account::of(account)).await;
        let loaded = loaded.expect("the account is read");
        (loaded.state().events, loaded.state().balance)
    }

    async fn open(&self, account: Number, entries: Vec<Entry>) {
        loop {
            let entries = entries.clone();
            match self.decisions.make(Record { account, entries }).await {
                Ok(_) => return,
                Err(error) if is_conflict(&error) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

/// Its own word for a conflict, and that of the database, which comes as it is.
fn is_conflict(error: &DecisionError<Refused>) -> bool {
    let (DecisionError::StateStore(error) | DecisionError::EventStore(error)) = error else {
        return false;
    };
    match error.downcast_ref::<Error>() {
        Some(Error::Concurrency) => true,
        Some(Error::Database(sqlx::Error::Database(error))) => {
            error.code().as_deref() == Some("40001")
        }
        _ => false,
    }
}

/// The account with a snapshot. It is at the last event: nothing lets a program choose where.
pub(crate) struct WithSnapshots {
    states: States<WithSnapshot<PgEventId, PgSnapshotter>>,
}

impl WithSnapshots {
    pub(crate) async fn open(
        store: &Store,
        pool: &PgPool,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let snapshots = PgSnapshotter::try_new(pool.clone(), SNAPSHOT_EVERY).await?;
        let states = EventSourcedStateStore::new(store.clone(), WithSnapshot::new(snapshots));
        Ok(WithSnapshots { states })
    }

    pub(crate) async fn load(&self) -> (usize, i64) {
        let account = Account::of(Number::long_with_snapshot());
        let loaded = self.states.load(account).await;
        let loaded = loaded.expect("the account is read");
        (loaded.state().events, loaded.state().balance)
    }
}
