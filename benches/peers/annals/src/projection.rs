//! A table of balances, built from all events by a migration.

use annals::migrate::{self, Run};
use annals::{App, Store};
use peers_protocol::{Figure, Meter, Request, balance_at};

use crate::domain::{Account, Balance};

pub(crate) async fn build(
    store: &Store,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let app = App::new(store.clone())
        .aggregate::<Account>()
        .projection::<Balance>();
    let meter = Meter::start();
    migrate::run(&app, Run::new(), &mut |_| {}).await?;
    let measured = meter.stop();

    let (accounts, length) = (request.count("accounts"), request.count("length"));
    let rows = store.read_model::<Balance>().rows().await?;
    let rows = rows.collect().await?;
    assert_eq!(rows.len(), accounts);
    let wrong = rows.iter().find(|row| row.balance != balance_at(length));
    assert!(wrong.is_none(), "{:?}", wrong.map(|row| &row.account_id));
    Figure::rate(
        request.text("figure"),
        accounts * length,
        "events/s",
        &measured,
    )
    .print();
    Ok(())
}
