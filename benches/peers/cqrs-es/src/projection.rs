//! Replays of all events: into memory, and into a table.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cqrs_es::persist::{GenericQuery, QueryReplay};
use cqrs_es::{EventEnvelope, Query};
use peers_protocol::{Account as Number, Balances, Figure, Meter, Request, balance_at};
use postgres_es::{PostgresEventRepository, PostgresViewRepository};
use sqlx::postgres::PgPool;

use crate::domain::{Account, Balance};

/// How many events the replay reads ahead.
const CHANNEL: usize = 1000;

struct InMemory(Arc<Mutex<Balances>>);

#[async_trait]
impl Query<Account> for InMemory {
    async fn dispatch(&self, account: &str, events: &[EventEnvelope<Account>]) {
        let mut balances = self.0.lock().expect("no panic");
        for event in events {
            balances.add(account, event.payload.0.change());
        }
    }
}

pub(crate) async fn replay(
    pool: PgPool,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let repository = PostgresEventRepository::new(pool).with_streaming_channel_size(CHANNEL);
    let balances = Arc::new(Mutex::new(Balances::default()));
    let replay = QueryReplay::new(repository, InMemory(Arc::clone(&balances)));
    let meter = Meter::start();
    replay.replay_all().await?;
    let measured = meter.stop();
    let balances = balances.lock().expect("no panic");
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate("W4", balances.events(), "events/s", &measured).print();
    Ok(())
}

/// Account after account, which is what a replay of all does as well: so that it can be stopped.
pub(crate) async fn rebuild(
    pool: PgPool,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let views = PostgresViewRepository::<Balance, Account>::new("balances", pool.clone());
    let mut query = GenericQuery::new(Arc::new(views));
    query.use_error_handler(Box::new(|error| panic!("{error}")));
    let replay = QueryReplay::new(PostgresEventRepository::new(pool.clone()), query);
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let meter = Meter::start();
    let mut done = 0;
    while done < accounts && meter.elapsed() < request.limit() {
        let account = Number::replayed(done).to_string();
        replay.replay(&account).await?;
        done += 1;
    }
    let measured = meter.stop();
    let (rows, sum): (i64, i64) = sqlx::query_as(
        "select count(*), coalesce(sum((payload->>'balance')::bigint), 0)::bigint from balances",
    )
    .fetch_one(&pool)
    .await?;
    assert_eq!((rows, sum), (done as i64, done as i64 * balance_at(length)));
    let figure = Figure::rate(request.text("figure"), done * length, "events/s", &measured);
    match done < accounts {
        true => figure.remark(format!("stopped after {} events", done * length)),
        false => figure,
    }
    .print();
    Ok(())
}
