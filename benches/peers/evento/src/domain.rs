//! The account, declared.

use evento::metadata::Event;
use evento::{Executor, Projection};

#[evento::aggregate(name = "bank/Account")]
pub enum Bank {
    Opened { owner: String, balance: i64 },
    Deposited { amount: i64, note: String },
    Withdrawn { amount: i64, note: String },
}

/// What commands are decided on: its rows are kept in the memory of the process.
#[evento::projection(id = id)]
#[evento::snapshot(memory)]
pub struct Account {
    pub id: String,
    pub balance: i64,
}

#[evento::handler]
async fn account_opened(event: Event<Opened>, account: &mut Account) -> anyhow::Result<()> {
    account.id = event.aggregate_id.to_owned();
    account.balance = event.data.balance;
    Ok(())
}

#[evento::handler]
async fn account_deposited(event: Event<Deposited>, account: &mut Account) -> anyhow::Result<()> {
    account.balance += event.data.amount;
    Ok(())
}

#[evento::handler]
async fn account_withdrawn(event: Event<Withdrawn>, account: &mut Account) -> anyhow::Result<()> {
    account.balance -= event.data.amount;
    Ok(())
}

pub(crate) fn account<E: Executor>() -> Projection<E, Account> {
    Projection::new::<Bank>()
        .handler(account_opened())
        .handler(account_deposited())
        .handler(account_withdrawn())
        .strict()
}

/// The same, folded from all events each time.
#[evento::projection]
#[evento::snapshot(none)]
pub struct Folded {
    pub balance: i64,
    pub events: usize,
}

#[evento::handler]
async fn folded_opened(event: Event<Opened>, folded: &mut Folded) -> anyhow::Result<()> {
    folded.balance = event.data.balance;
    folded.events = 1;
    Ok(())
}

#[evento::handler]
async fn folded_deposited(event: Event<Deposited>, folded: &mut Folded) -> anyhow::Result<()> {
    folded.balance += event.data.amount;
    folded.events += 1;
    Ok(())
}

#[evento::handler]
async fn folded_withdrawn(event: Event<Withdrawn>, folded: &mut Folded) -> anyhow::Result<()> {
    folded.balance -= event.data.amount;
    folded.events += 1;
    Ok(())
}

pub(crate) fn folded<E: Executor>() -> Projection<E, Folded> {
    Projection::new::<Bank>()
        .handler(folded_opened())
        .handler(folded_deposited())
        .handler(folded_withdrawn())
        .strict()
}
