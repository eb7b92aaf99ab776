//! A table of balances, built by a subscription.

use std::time::Duration;

use evento::Executor;
use evento::metadata::Event;
use evento::subscription::{Context, SubscriptionBuilder};
use peers_protocol::{Figure, Meter, Request, balance_at};
use sqlx::postgres::PgPool;

use crate::books::Store;
use crate::domain::{Deposited, Opened, Withdrawn};

/// How often it is looked whether the subscription has come to the end.
const LOOK: Duration = Duration::from_millis(5);

/// As in the documentation: a statement for each event.
async fn add(pool: &PgPool, account: &str, change: i64) -> anyhow::Result<()> {
    sqlx::query(
        "insert into balances (account_id, balance, events) values ($1, $2, 1)
         on conflict (account_id) do update
         set balance = balances.balance + excluded.balance, events = balances.events + 1",
    )
    .bind(account)
    .bind(change)
    .execute(pool)
    .await?;
    Ok(())
}

#[evento::subscription]
async fn opened<E: Executor>(cx: &Context<'_, E>, event: Event<Opened>) -> anyhow::Result<()> {
    let pool: PgPool = cx.extract();
    add(&pool, &event.aggregate_id, event.data.balance).await
}

#[evento::subscription]
async fn deposited<E: Executor>(
    cx: &Context<'_, E>,
    event: Event<Deposited>,
) -> anyhow::Result<()> {
    let pool: PgPool = cx.extract();
    add(&pool, &event.aggregate_id, event.data.amount).await
}

#[evento::subscription]
async fn withdrawn<E: Executor>(
    cx: &Context<'_, E>,
    event: Event<Withdrawn>,
) -> anyhow::Result<()> {
    let pool: PgPool = cx.extract();
    add(&pool, &event.aggregate_id, -event.data.amount).await
}

pub(crate) async fn rebuild(pool: &PgPool, request: &Request) -> anyhow::Result<()> {
    let store: Store = pool.clone().into();
    let mut subscription = SubscriptionBuilder::<Store>::new("balances")
        .data(pool.clone())
        .handler(opened())
        .handler(deposited())
        .handler(withdrawn())
        .any_routing_key();
    let meter = Meter::start();
    let running = tokio::spawn(async move { subscription.run_once(&store).await });
    while !running.is_finished() && meter.elapsed() < request.limit() {
        tokio::time::sleep(LOOK).await;
    }
    let is_whole = running.is_finished();
    running.abort();
    let measured = meter.stop();
    let (rows, sum, events): (i64, i64, i64) = sqlx::query_as(
        "select count(*), coalesce(sum(balance), 0)::bigint, coalesce(sum(events), 0)::bigint from balances",
    )
    .fetch_one(pool)
    .await?;
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let events = events as usize;
    let figure = Figure::rate(request.text("figure"), events, "events/s", &measured);
    if is_whole {
        assert_eq!((rows as usize, events), (accounts, accounts * length));
        assert_eq!(sum, rows * balance_at(length));
        figure.print();
    } else {
        figure
            .remark(format!("stopped after {events} events"))
            .print();
    }
    Ok(())
}
