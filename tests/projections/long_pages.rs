//! Pages that take longer than a lease, on PostgreSQL, where each partition has a transaction of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use annals::StreamId;
use annals::prelude::*;
use annals_tests::postgres;

use crate::models::LEASE;
use crate::stored::{add, app, started, until};

#[derive(Event, Serialize, Deserialize)]
#[event("stone.rolled")]
struct Rolled {
    slowly: bool,
}

/// Handles some events for longer than a lease.
#[derive(Clone, Default)]
struct Hill {
    begun: Arc<AtomicU32>,
    may_end: Arc<AtomicBool>,
    patience: Arc<std::sync::Mutex<String>>,
}

#[projection(name = "hill", partitions = 8)]
impl Hill {
    async fn rolled(&self, event: &Rolled, tx: &mut Tx) -> Result<(), String> {
        if let Some(connection) = tx.as_postgres() {
            let setting = "select current_setting('idle_in_transaction_session_timeout')";
            let setting: String = sqlx::query_scalar(setting)
                .fetch_one(connection)
                .await
                .map_err(|error| error.to_string())?;
            *self.patience.lock().expect("a text") = setting;
        }
        if event.slowly {
            self.begun.fetch_add(1, Ordering::SeqCst);
            while !self.may_end.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_page_costs_no_other_lease() {
    let database = &postgres().await;
    let hill = Hill::default();
    let hills = app(database).await.event::<Rolled>().handler(hill.clone());
    let running = started(hills).await;
    let owned = "select count(*) from {partitions} where leased_until > clock_timestamp()";
    until("it has all", || database.number(owned), |owned| *owned == 8).await;
    let stone = StreamId::new("stone", "1");
    let slow = add(running.store(), &stone, &Rolled { slowly: true }).await;
    let begun = || async { hill.begun.load(Ordering::SeqCst) };
    until("it begins", begun, |begun| *begun == 1).await;
    // The lease of the page runs out, and the others are renewed for several leases more.
    let until_then = tokio::time::Instant::now() + 4 * LEASE;
    until(
        "its lease runs out",
        || database.number(owned),
        |owned| *owned == 7,
    )
    .await;
    while tokio::time::Instant::now() < until_then {
        assert_eq!(database.number(owned).await, 7);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    hill.may_end.store(true, Ordering::SeqCst);
    let position = slow.position().expect("stored");
    let behind = format!("select count(*) from {{partitions}} where checkpoint < {position}");
    until(
        "all is handled",
        || database.number(&behind),
        |behind| *behind == 0,
    )
    .await;
    assert_eq!(hill.begun.load(Ordering::SeqCst), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_is_left_alone_ends() {
    let database = &postgres().await;
    let hill = Hill::default();
    let hills = app(database).await.event::<Rolled>().handler(hill.clone());
    let running = started(hills).await;
    let stone = StreamId::new("stone", "1");
    add(running.store(), &stone, &Rolled { slowly: false }).await;
    let patience = || async { hill.patience.lock().expect("a text").clone() };
    until("it is handled", patience, |patience| patience == "5min").await;
    running.stop().await;
}
