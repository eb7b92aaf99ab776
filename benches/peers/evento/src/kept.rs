//! The account with a snapshot that is stored.

use evento::metadata::Event;
use evento::{Executor, Projection};
use peers_protocol::Account as Number;

use crate::books::{Books, Store};
use crate::domain::{Bank, Deposited, Opened, Withdrawn};

#[evento::projection(bitcode::Encode, bitcode::Decode)]
pub struct Kept {
    pub balance: i64,
    pub events: u64,
}

#[evento::handler]
async fn kept_opened(event: Event<Opened>, kept: &mut Kept) -> anyhow::Result<()> {
    kept.balance = event.data.balance;
    kept.events = 1;
    Ok(())
}

#[evento::handler]
async fn kept_deposited(event: Event<Deposited>, kept: &mut Kept) -> anyhow::Result<()> {
    kept.balance += event.data.amount;
    kept.events += 1;
    Ok(())
}

#[evento::handler]
async fn kept_withdrawn(event: Event<Withdrawn>, kept: &mut Kept) -> anyhow::Result<()> {
    kept.balance -= event.data.amount;
    kept.events += 1;
    Ok(())
}

fn kept<E: Executor>() -> Projection<E, Kept> {
    Projection::new::<Bank>()
        .handler(kept_opened())
        .handler(kept_deposited())
        .handler(kept_withdrawn())
        .strict()
}

/// The first load stores a snapshot at the last event: nothing lets a program choose where.
pub(crate) async fn load(books: Books) -> (usize, i64) {
    let account = Number::long_with_snapshot().to_string();
    let loaded = kept::<Store>().load(account).execute(&*books.store).await;
    let kept = loaded.expect("the account is read").expect("it exists");
    (kept.events as usize, kept.balance)
}
