//! All events in order, folded in memory.

use annals::{App, Error, Position, RecordedEvent, Store};
use peers_protocol::{Balances, Figure, Measured, Meter, Request};

use crate::domain::{Account, Balance, Deposited, Opened, Withdrawn};

const PAGE: u32 = 5000;

/// By the feed: each event as it comes, decoded through its upcasts.
pub(crate) async fn feed(store: &Store, request: &Request) -> Result<(), Error> {
    let meter = Meter::start();
    let balances = between(store.clone(), Position::new(0), None).await?;
    report(&balances, &meter.stop(), request);
    Ok(())
}

/// The same by two readers side by side, each of one half of the positions.
pub(crate) async fn halves(store: &Store, request: &Request) -> Result<(), Error> {
    let events = request.count("accounts") * request.count("length");
    let middle = Position::new(u64::try_from(events / 2).expect("a position"));
    let meter = Meter::start();
    let lower = tokio::spawn(between(store.clone(), Position::new(0), Some(middle)));
    let upper = tokio::spawn(between(store.clone(), middle, None));
    let mut balances = lower.await.expect("no panic")?;
    balances.merge(upper.await.expect("no panic")?);
    report(&balances, &meter.stop(), request);
    Ok(())
}

/// Why there are no more events.
enum End {
    Reached,
    Failed(Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        End::Failed(error)
    }
}

/// What the events after a position come to, up to the end or to another position.
async fn between(
    store: Store,
    after: Position,
    up_to: Option<Position>,
) -> Result<Balances, Error> {
    let mut balances = Balances::default();
    let all = store.feed().after(after).each(|event| {
        if up_to.is_some_and(|up_to| event.position() > up_to) {
            return Err(End::Reached);
        }
        let change = match event.decode::<Deposited>()? {
            Some(deposited) => deposited.amount,
            None => match event.decode::<Withdrawn>()? {
                Some(withdrawn) => -withdrawn.amount,
                None => event.decode::<Opened>()?.map_or(0, |it| it.balance),
            },
        };
        balances.add(event.id(), change);
        Ok(())
    });
    match all.await {
        Ok(_) | Err(End::Reached) => Ok(balances),
        Err(End::Failed(error)) => Err(error),
    }
}

/// By the feed: pages of it, whose events are kept as long as the page is.
pub(crate) async fn paged(store: &Store, request: &Request) -> Result<(), Error> {
    let meter = Meter::start();
    let mut balances = Balances::default();
    let mut replay = store.feed().page(PAGE).replay();
    while let Some(page) = replay.next_page().await? {
        for event in page.events() {
            balances.add(event.recorded().stream().id(), change(event)?);
        }
    }
    report(&balances, &meter.stop(), request);
    Ok(())
}

fn report(balances: &Balances, measured: &Measured, request: &Request) {
    balances.check(request.count("accounts"), request.count("length"));
    Figure::rate(
        request.text("figure"),
        balances.events(),
        "events/s",
        measured,
    )
    .print();
}

/// By a projection that is folded in memory.
pub(crate) async fn live(store: &Store, request: &Request) -> Result<(), Error> {
    let app = App::new(store.clone())
        .aggregate::<Account>()
        .projection::<Balance>();
    let store = app.open().await?;
    let meter = Meter::start();
    let rows = store.live::<Balance>().rows().await?;
    let measured = meter.stop();
    let (accounts, length) = (request.count("accounts"), request.count("length"));
    assert_eq!(rows.len(), accounts);
    let expected = peers_protocol::balance_at(length);
    assert!(rows.iter().all(|row| row.balance == expected));
    Figure::rate(
        request.text("figure"),
        accounts * length,
        "events/s",
        &measured,
    )
    .print();
    Ok(())
}

fn change(event: &RecordedEvent) -> Result<i64, Error> {
    if let Some(deposited) = event.decode::<Deposited>()? {
        return Ok(deposited.amount);
    }
    if let Some(withdrawn) = event.decode::<Withdrawn>()? {
        return Ok(-withdrawn.amount);
    }
    let opened = event.decode::<Opened>()?;
    Ok(opened.map_or(0, |opened| opened.balance))
}
