//! All events in order: into memory, and into a table.

use std::sync::Arc;

use eventually::store::{EventStore as _, Select};
use eventually::subscription::Subscription;
use eventually_postgres::{EventSubscriber, PersistentBuilder};
use futures::{StreamExt, TryStreamExt};
use peers_protocol::{Balances, Figure, Meter, Request, balance_at};

use crate::Failure;
use crate::books::{connect, store};

pub(crate) async fn replay(url: &str, request: &Request) -> Result<(), Failure> {
    let store = store(url).await?;
    let meter = Meter::start();
    let mut balances = Balances::default();
    let mut events = store.stream_all(Select::All).await?;
    while let Some(event) = events.next().await {
        let event = event?;
        let account = event.source_id().clone();
        balances.add(&account, event.take().change());
    }
    let measured = meter.stop();
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate("W4", balances.events(), "events/s", &measured).print();
    Ok(())
}

/// The loop of its projector: an event, then its checkpoint. On a client of its own: on that of the store a checkpoint would wait
/// for the end of the stream that waits for it.
pub(crate) async fn rebuild(url: &str, request: &Request) -> Result<(), Failure> {
    let client = Arc::new(connect(url).await?);
    let subscriber = EventSubscriber::new(url, "account").await?;
    let subscriptions = PersistentBuilder::new(client.clone(), store(url).await?, subscriber);
    let subscription = subscriptions.get_or_create("balances".to_owned()).await?;
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let meter = Meter::start();
    let (mut events, mut handled) = (subscription.resume().await?, 0);
    while handled < accounts * length && meter.elapsed() < request.limit() {
        let Some(event) = events.try_next().await? else {
            break;
        };
        let (account, place) = (event.source_id().clone(), event.sequence_number());
        let change = event.take().change();
        client
            .execute(
                "insert into balances (account_id, balance) values ($1, $2)
                 on conflict (account_id) do update set balance = balances.balance + excluded.balance",
                &[&account, &change],
            )
            .await?;
        subscription.checkpoint(place).await?;
        handled += 1;
    }
    let measured = meter.stop();
    let found = client
        .query_one(
            "select count(*), coalesce(sum(balance), 0)::bigint from balances",
            &[],
        )
        .await?;
    let (rows, sum): (i64, i64) = (found.get(0), found.get(1));
    assert_eq!(rows as usize, accounts.min(handled));
    let figure = Figure::rate(request.text("figure"), handled, "events/s", &measured);
    if handled == accounts * length {
        assert_eq!(sum, rows * balance_at(length));
        figure.print();
    } else {
        figure
            .remark(format!("stopped after {handled} events"))
            .print();
    }
    Ok(())
}
