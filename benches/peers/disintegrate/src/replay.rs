//! All events in order, folded in memory.

use disintegrate::{EventStore, StreamItem, StreamQuery, query};
use disintegrate_postgres::PgEventId;
use futures_util::StreamExt;
use peers_protocol::{Balances, Figure, Meter, Request};

use crate::Store;
use crate::domain::DomainEvent;

pub(crate) async fn replay(
    store: &Store,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let query: StreamQuery<PgEventId, DomainEvent> = query!(DomainEvent);
    let meter = Meter::start();
    let mut balances = Balances::default();
    let mut items = store.stream(&query);
    while let Some(item) = items.next().await {
        if let StreamItem::Event(event) = item? {
            balances.add(event.account(), event.change());
        }
    }
    let measured = meter.stop();
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate("W4", balances.events(), "events/s", &measured).print();
    Ok(())
}
