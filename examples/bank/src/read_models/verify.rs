//! Do the rows say the same as the events, and as the bank's books?

use std::collections::HashMap;
use std::io::Write;

use annals::prelude::*;

use super::Balance;
use crate::failure::Failure;
use crate::money::Money;

/// Compares the table `balances` with a fold of all events, and with the last balance that the bank recorded of each account.
/// Answers whether all rows are right.
///
/// Nobody may store anything meanwhile.
pub async fn verify(
    store: &Store,
    recorded: &HashMap<String, Money>,
    tolerance: Money,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let rows = store
        .read_model::<Balance>()
        .after_position(store.frontier().await?);
    let rows = rows.rows().await?.collect().await?;
    let rows = rows.into_iter().map(|row| (row.account.to_string(), row));
    let rows: HashMap<_, _> = rows.collect();
    let folded = store.live::<Balance>().rows().await?;

    let equal = folded
        .iter()
        .filter(|row| rows.get(&row.account.to_string()) == Some(row));
    let equal = equal.count();
    let within = recorded.iter().filter(|(account, balance)| {
        let row = rows.get(*account);
        row.is_some_and(|row| row.balance.distance(**balance) <= tolerance)
    });
    let within = within.count();
    writeln!(
        out,
        "table balances: {equal} of {} rows are the fold of their events, {within} of {} are within {tolerance} CZK of the bank's \
         last balance",
        rows.len(),
        recorded.len(),
    )?;
    Ok(equal == rows.len() && equal == folded.len() && within == recorded.len())
}
