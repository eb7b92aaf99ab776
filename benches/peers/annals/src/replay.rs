//! All events in order, folded in memory.

use annals::{App, Error, RecordedEvent, Store};
use peers_protocol::{Balances, Figure, Measured, Meter, Request};

use crate::domain::{Account, Balance, Deposited, Opened, Withdrawn};

const PAGE: u32 = 5000;

/// By the feed: each event as it comes, decoded through its upcasts.
pub(crate) async fn feed(store: &Store, request: &Request) -> Result<(), Error> {
    let meter = Meter::start();
    let mut balances = Balances::default();
    let all = store.feed().each(|event| {
        let deposited = event.decode::<Deposited>()?.map(|it| it.amount);
        let change = match deposited {
            Some(amount) => amount,
            None => match event.decode::<Withdrawn>()? {
                Some(withdrawn) => -withdrawn.amount,
                None => event.decode::<Opened>()?.map_or(0, |it| it.balance),
            },
        };
        balances.add(event.id(), change);
        Ok::<_, Error>(())
    });
    all.await?;
    report(&balances, &meter.stop(), request);
    Ok(())
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
