//! Replays of all events: into memory, and into a table.

use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::rebuilder::{PgRebuilder, Rebuilder};
use esrs::store::StoreEvent;
use esrs::store::postgres::{PgStore, PgStoreError};
use futures_util::StreamExt;
use peers_protocol::{Balances, Figure, Meter, Request, balance_at};
use sqlx::PgConnection;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use crate::domain::{Account, AccountEvent};

pub(crate) async fn replay(
    store: &PgStore<Account>,
    pool: &PgPool,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let meter = Meter::start();
    let mut balances = Balances::default();
    let mut events = store.stream_events(pool);
    while let Some(event) = events.next().await {
        let event = event?;
        let mut text = Uuid::encode_buffer();
        let account = event.aggregate_id.simple().encode_lower(&mut text);
        balances.add(account, event.payload.0.change());
    }
    let measured = meter.stop();
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate("W4", balances.events(), "events/s", &measured).print();
    Ok(())
}

struct ToTable;

#[async_trait]
impl TransactionalEventHandler<Account, PgStoreError, PgConnection> for ToTable {
    async fn handle(
        &self,
        event: &StoreEvent<AccountEvent>,
        connection: &mut PgConnection,
    ) -> Result<(), PgStoreError> {
        sqlx::query(
            "insert into balances (account_id, balance) values ($1, $2)
             on conflict (account_id) do update set balance = balances.balance + excluded.balance",
        )
        .bind(event.aggregate_id)
        .bind(event.payload.0.change())
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn delete(
        &self,
        account: Uuid,
        connection: &mut PgConnection,
    ) -> Result<(), PgStoreError> {
        sqlx::query("delete from balances where account_id = $1")
            .bind(account)
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// One transaction for each account. The other way that esrs has, all in one, deletes before each event, and cannot be used for a
/// row that sums up.
pub(crate) async fn rebuild(
    pool: &PgPool,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let rebuilder: PgRebuilder<Account> =
        PgRebuilder::new().with_transactional_event_handlers(vec![Box::new(ToTable)]);
    let meter = Meter::start();
    let rebuilt = rebuilder.by_aggregate_id(pool.clone());
    let rebuilt = tokio::time::timeout(request.limit(), rebuilt).await;
    let measured = meter.stop();
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let (rows, sum): (i64, i64) =
        sqlx::query_as("select count(*), coalesce(sum(balance), 0)::bigint from balances")
            .fetch_one(pool)
            .await?;
    assert_eq!(sum, rows * balance_at(length));
    let events = rows as usize * length;
    let figure = Figure::rate(request.text("figure"), events, "events/s", &measured);
    match rebuilt {
        Ok(rebuilt) => {
            rebuilt?;
            assert_eq!(rows as usize, accounts);
            figure.print();
        }
        // What was committed until then counts.
        Err(_) => figure
            .remark(format!("stopped after {events} events"))
            .print(),
    }
    Ok(())
}
