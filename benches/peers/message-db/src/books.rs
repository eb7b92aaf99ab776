//! Commands and loads.

use peers_protocol::{Account as Number, Entry, Ledger};
use serde_json::json;
use sqlx::postgres::PgPool;
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

/// As many messages as its functions hand out where nothing else is asked for.
const BATCH: usize = 1000;

#[derive(Clone)]
pub(crate) struct Books {
    pub(crate) pool: PgPool,
}

/// The category is `account`, and ends at the first hyphen.
pub(crate) fn stream(account: Number) -> String {
    format!("account-{}{:08}", account.space, account.number)
}

impl Books {
    /// The place of the last message, from 0 on, and the balance.
    async fn read(&self, stream: &str) -> (i64, i64) {
        let (mut last, mut balance) = (-1_i64, 0);
        loop {
            let rows = sqlx::query("select position, data from get_stream_messages($1, $2, $3)")
                .bind(stream)
                .bind(last + 1)
                .bind(BATCH as i64)
                .fetch_all(&self.pool)
                .await
                .expect("the account is read");
            for row in &rows {
                last = row.get(0);
                balance += decode(row.get(1)).change();
            }
            if rows.len() < BATCH {
                return (last, balance);
            }
        }
    }
}

/// Payloads come as text.
pub(crate) fn decode(data: &str) -> Entry {
    serde_json::from_str(data).expect("an event")
}

/// Answers whether nobody else was faster.
async fn write(connection: &mut PgConnection, stream: &str, entry: &Entry, expected: i64) -> bool {
    let written = sqlx::query(
        "select write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, $5::jsonb, $6::bigint)",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(stream)
    .bind(entry.name())
    .bind(Json(entry))
    .bind(Json(json!({})))
    .bind(expected)
    .execute(connection)
    .await;
    match written {
        Ok(_) => true,
        Err(sqlx::Error::Database(error))
            if error.message().starts_with("Wrong expected version")
                || error.is_unique_violation() =>
        {
            false
        }
        Err(error) => panic!("{error}"),
    }
}

impl Ledger for Books {
    async fn withdraw(&self, account: Number, note: String) -> u64 {
        let stream = stream(account);
        let withdrawn = Entry::Withdrawn { amount: 1, note };
        let mut conflicts = 0;
        loop {
            let (last, balance) = self.read(&stream).await;
            assert!(balance >= 1, "the account can pay");
            let mut connection = self.pool.acquire().await.expect("a connection");
            if write(&mut connection, &stream, &withdrawn, last).await {
                return conflicts;
            }
            conflicts += 1;
        }
    }

    async fn load(&self, account: Number) -> (usize, i64) {
        let (last, balance) = self.read(&stream(account)).await;
        ((last + 1) as usize, balance)
    }

    async fn open(&self, account: Number, entries: Vec<Entry>) {
        let stream = stream(account);
        let mut tx = self.pool.begin().await.expect("a transaction");
        for (place, entry) in entries.iter().enumerate() {
            assert!(write(&mut tx, &stream, entry, place as i64 - 1).await);
        }
        tx.commit().await.expect("it is committed");
    }
}
