//! A table that follows by a subscription.

use std::sync::Arc;

use evento::Executor;
use evento::metadata::Event;
use evento::subscription::{Context, SubscriptionBuilder};
use peers_protocol::{Account as Number, Request};
use sqlx::postgres::PgPool;

use crate::books::Store;
use crate::domain::Deposited;
use crate::open;

#[evento::subscription]
async fn received<E: Executor>(cx: &Context<'_, E>, event: Event<Deposited>) -> anyhow::Result<()> {
    let pool: PgPool = cx.extract();
    sqlx::query("insert into receipts (number) values ($1)")
        .bind(event.data.note.parse::<i64>()?)
        .execute(&pool)
        .await?;
    Ok(())
}

/// Events are appended by the store that is followed or by another, which stands for another process.
pub(crate) async fn follow(pool: &PgPool, request: &Request) -> anyhow::Result<()> {
    let store: Store = pool.clone().into();
    let writer: Arc<Store> = Arc::new(match request.text("variant") {
        "same-process" => store.clone(),
        _ => open(request.database(), request.connections())
            .await?
            .into(),
    });
    let running = SubscriptionBuilder::<Store>::new("receipts")
        .data(pool.clone())
        .handler(received())
        .any_routing_key()
        .start(&store)
        .await?;
    let rows = "select place, number::text from receipts where place > $1";
    let followed = peers_protocol::follow(request, rows, move |number| {
        let writer = Arc::clone(&writer);
        async move {
            let (amount, note) = (1, number.to_string());
            evento::append(Number::short(number).to_string())
                .event(&Deposited { amount, note })
                .commit(&*writer)
                .await
                .expect("the account is new");
        }
    });
    followed.await.map_err(|error| anyhow::anyhow!("{error}"))?;
    running.stop();
    Ok(())
}
