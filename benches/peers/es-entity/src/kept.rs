//! The same account with snapshots.

use es_entity::*;
use peers_protocol::Account as Number;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::domain::{AccountEvent, AccountId, id};

/// A snapshot is due after so many events.
const SNAPSHOT_EVERY: usize = 100;

#[derive(EsSnapshot, Debug, Clone, Serialize, Deserialize)]
#[es_snapshot(version = 1)]
pub struct Balance {
    pub balance: i64,
    pub entries: usize,
}

#[derive(EsEntity)]
#[es_entity(event = "AccountEvent", new = "NewKept")]
pub struct Kept {
    pub id: AccountId,
    balance: i64,
    entries: usize,
    events: EntityEvents<AccountEvent, Balance>,
}

impl TryFromEvents<AccountEvent, Balance> for Kept {
    fn try_from_events(
        events: EntityEvents<AccountEvent, Balance>,
    ) -> Result<Self, EntityHydrationError> {
        let (mut balance, mut entries) = (0, 0);
        for replayed in events.replay() {
            match replayed {
                Replay::Snapshot(snapshot) => {
                    balance = snapshot.balance;
                    entries = snapshot.entries;
                }
                Replay::Event(event) => {
                    balance += event.change();
                    entries += 1;
                }
            }
        }
        let id = *events.id();
        Ok(Kept {
            id,
            balance,
            entries,
            events,
        })
    }
}

impl HeadSnapshot for Kept {
    fn capture(&self) -> Option<Balance> {
        let (balance, entries) = (self.balance, self.entries);
        (self.events.tail_len() >= SNAPSHOT_EVERY).then_some(Balance { balance, entries })
    }
}

/// The library asks for it; the benchmark opens no accounts of this kind.
pub struct NewKept;

impl IntoEvents<AccountEvent> for NewKept {
    type IdSource = FromRepo;

    fn into_events(
        self,
        builder: EntityEventsBuilder<AccountEvent, FromRepo>,
    ) -> EntityEvents<AccountEvent> {
        builder.initial_events(Vec::new())
    }
}

#[derive(EsRepo)]
#[es_repo(
    entity = "Kept",
    id = "AccountId",
    event = "AccountEvent",
    tbl = "accounts",
    events_tbl = "account_events",
    snapshot,
    snapshot_tbl = "account_snapshots"
)]
pub struct Keeper {
    pool: PgPool,
}

impl Keeper {
    pub(crate) fn new(pool: &PgPool) -> Self {
        Keeper { pool: pool.clone() }
    }

    pub(crate) async fn load(&self) -> (usize, i64) {
        let account = self.find_by_id(id(Number::long_with_snapshot())).await;
        let account = account.expect("the account is read");
        (account.entries, account.balance)
    }
}

/// Of the code that makes snapshots: one with another is not used.
pub(crate) fn fingerprint() -> i64 {
    <Balance as EsSnapshot>::FINGERPRINT
}
