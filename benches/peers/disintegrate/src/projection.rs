//! A table of balances, built by a listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use disintegrate::{EventListener, PersistedEvent, StreamQuery, query};
use disintegrate_postgres::{PgEventId, PgEventListener, PgEventListenerConfig};
use peers_protocol::{Figure, Meter, Request, balance_at};
use sqlx::postgres::PgPool;

use crate::Store;
use crate::domain::DomainEvent;

/// How often it is looked whether the listener has come to the end.
const LOOK: Duration = Duration::from_millis(5);

struct ToTable {
    query: StreamQuery<PgEventId, DomainEvent>,
    pool: PgPool,
    handled: Arc<AtomicUsize>,
}

#[async_trait]
impl EventListener<PgEventId, DomainEvent> for ToTable {
    type Error = sqlx::Error;

    fn id(&self) -> &'static str {
        "balances"
    }

    fn query(&self) -> &StreamQuery<PgEventId, DomainEvent> {
        &self.query
    }

    /// As in the documentation: a statement for each event, which does nothing the second time.
    async fn handle(
        &self,
        event: PersistedEvent<PgEventId, DomainEvent>,
    ) -> Result<(), sqlx::Error> {
        let (id, event) = (event.id(), event.into_inner());
        let statement = match event {
            DomainEvent::Opened { .. } => {
                "insert into balances (account_id, balance, event_id) values ($1, $2, $3) on conflict do nothing"
            }
            _ => {
                "update balances set balance = balance + $2, event_id = $3 where account_id = $1 and event_id < $3"
            }
        };
        sqlx::query(statement)
            .bind(event.account())
            .bind(event.change())
            .bind(id)
            .execute(&self.pool)
            .await?;
        self.handled.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

pub(crate) async fn rebuild(
    store: Store,
    pool: &PgPool,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let (all, limit) = (accounts * length, request.limit());
    let handled = Arc::new(AtomicUsize::new(0));
    let table = ToTable {
        query: query!(DomainEvent),
        pool: pool.clone(),
        handled: Arc::clone(&handled),
    };
    let listener = PgEventListener::builder(store).register_listener(
        table,
        PgEventListenerConfig::poller(Duration::from_millis(50)),
    );
    let meter = Meter::start();
    let counted = Arc::clone(&handled);
    let stopped = async move {
        let begun = tokio::time::Instant::now();
        while counted.load(Ordering::Relaxed) < all && begun.elapsed() < limit {
            tokio::time::sleep(LOOK).await;
        }
    };
    listener.start_with_shutdown(stopped).await?;
    let measured = meter.stop();
    let events = handled.load(Ordering::Relaxed);
    let (rows, sum): (i64, i64) =
        sqlx::query_as("select count(*), coalesce(sum(balance), 0)::bigint from balances")
            .fetch_one(pool)
            .await?;
    assert_eq!(rows as usize, accounts.min(events));
    let figure = Figure::rate(request.text("figure"), events, "events/s", &measured);
    if events == all {
        assert_eq!(sum, rows * balance_at(length));
        figure.print();
    } else {
        figure
            .remark(format!("stopped after {events} events"))
            .print();
    }
    Ok(())
}
