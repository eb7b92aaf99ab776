//! Loading and appending.

use futures_util::TryStreamExt;
use peers_protocol::{Account, Entry, Ledger};
use sqlx::postgres::{PgPool, PgPoolOptions, PgRow};
use sqlx::types::Json;
use sqlx::{Row, ValueRef};

const LOAD: &str = "select version, payload from events where stream = $1 order by version";

/// State and tail in one round trip.
const LOAD_WITH_SNAPSHOT: &str = "
    with snapshot as (select version, state from snapshots where stream = $1)
    select version, state, true from snapshot
    union all
    (select version, payload, false from events
     where stream = $1 and version > coalesce((select version from snapshot), 0) order by version)";

const APPEND: &str = "
    insert into events (stream, version, type, payload)
    select $1, $2 + place, type, payload
    from unnest($3::text[], $4::jsonb[]) with ordinality as new (type, payload, place)";

#[derive(Clone)]
pub(crate) struct Books {
    pub(crate) pool: PgPool,
}

impl Books {
    pub(crate) async fn open(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .min_connections(connections)
            .test_before_acquire(false)
            .connect(url)
            .await?;
        Ok(Books { pool })
    }

    /// The account with a snapshot.
    pub(crate) async fn load_with_snapshot(self) -> (usize, i64) {
        let stream = Account::long_with_snapshot().to_string();
        let (mut version, mut balance) = (0_i64, 0);
        let mut rows = sqlx::query(LOAD_WITH_SNAPSHOT)
            .bind(stream)
            .fetch(&self.pool);
        while let Some(row) = rows.try_next().await.expect("the account is read") {
            version = row.get(0);
            balance = match row.get(2) {
                true => serde_json::from_slice(json(&row, 1)).expect("a state"),
                false => balance + decode(&row, 1).change(),
            };
        }
        (version as usize, balance)
    }

    /// Answers whether nobody else was faster.
    async fn append(&self, stream: &str, version: i64, entries: &[Entry]) -> bool {
        let types: Vec<&str> = entries.iter().map(Entry::name).collect();
        let payloads: Vec<Json<&Entry>> = entries.iter().map(Json).collect();
        let appended = sqlx::query(APPEND)
            .bind(stream)
            .bind(version)
            .bind(types)
            .bind(payloads)
            .execute(&self.pool)
            .await;
        match appended {
            Ok(_) => true,
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => false,
            Err(error) => panic!("{error}"),
        }
    }

    async fn read(&self, stream: &str) -> (i64, i64) {
        let (mut version, mut balance) = (0, 0);
        let mut rows = sqlx::query(LOAD).bind(stream).fetch(&self.pool);
        while let Some(row) = rows.try_next().await.expect("the account is read") {
            version = row.get(0);
            balance += decode(&row, 1).change();
        }
        (version, balance)
    }
}

impl Ledger for Books {
    async fn withdraw(&self, account: Account, note: String) -> u64 {
        let stream = account.to_string();
        let withdrawn = [Entry::Withdrawn { amount: 1, note }];
        let mut conflicts = 0;
        loop {
            let (version, balance) = self.read(&stream).await;
            assert!(balance >= 1, "{stream} can pay");
            if self.append(&stream, version, &withdrawn).await {
                return conflicts;
            }
            conflicts += 1;
        }
    }

    async fn load(&self, account: Account) -> (usize, i64) {
        let (version, balance) = self.read(&account.to_string()).await;
        (version as usize, balance)
    }

    async fn open(&self, account: Account, entries: Vec<Entry>) {
        assert!(self.append(&account.to_string(), 0, &entries).await);
    }
}

pub(crate) fn decode(row: &PgRow, column: usize) -> Entry {
    serde_json::from_slice(json(row, column)).expect("an event")
}

/// The text of a `jsonb`, which on the wire follows a byte for the version of the format.
fn json(row: &PgRow, column: usize) -> &[u8] {
    let value = row.try_get_raw(column).expect("a column");
    assert!(!value.is_null());
    &value.as_bytes().expect("bytes")[1..]
}
