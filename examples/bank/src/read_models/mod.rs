//! What is made of the events to be read: tables that follow them. Each can be thrown away and made anew.

mod activity;
mod balances;
mod counterparties;
mod verify;

pub use activity::Activity;
pub use balances::Balance;
pub use counterparties::KnownCounterparty;
pub use verify::verify;

use std::time::Duration;

use annals::App;
use annals::prelude::*;

use crate::failure::Failure;

/// How long to wait for rows that are far behind, as after an import that was killed.
const PATIENCE: Duration = Duration::from_secs(300);

/// Adds them to the program.
pub fn add_to(app: App) -> App {
    app.projection::<Balance>()
        .projection::<Activity>()
        .projection::<KnownCounterparty>()
}

/// Waits until all that is stored is in the rows.
pub async fn caught_up(store: &Store) -> Result<(), Failure> {
    let end = store.frontier().await?;
    wait::<Balance>(store, end).await?;
    wait::<Activity>(store, end).await?;
    wait::<KnownCounterparty>(store, end).await
}

async fn wait<P: annals::Projection>(store: &Store, end: Position) -> Result<(), Failure> {
    let rows = store.read_model::<P>().after_position(end);
    Ok(rows.timeout(PATIENCE).wait().await?)
}
