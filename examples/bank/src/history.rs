//! Every event of an account, and what it changed.

use std::io::Write;

use annals::prelude::*;
use serde_json::Value;

use crate::account::Account;
use crate::asc::AccountNumber;
use crate::failure::Failure;

/// Writes each event with its place in the stream, its type, its date, and every field of the state that it changed.
pub async fn history(
    store: &Store,
    number: AccountNumber,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let root = store.aggregate::<Account>(number);
    let mut history = root.history();
    let mut events = 0;
    while let Some(entry) = history.next().await? {
        events += 1;
        let recorded = entry.recorded();
        write!(
            out,
            "{:>4}  {}  {}",
            recorded.version(),
            recorded.occurred_at().date_naive(),
            recorded.event_type(),
        )?;
        match recorded.metadata().get("transaction") {
            Some(id) => writeln!(out, ", transaction {id}")?,
            None => writeln!(out)?,
        }
        for change in entry.changes() {
            let (from, to) = (stored(change.from.as_ref()), stored(change.to.as_ref()));
            writeln!(out, "        {}: {from} -> {to}", change.path)?;
        }
    }
    if events == 0 {
        return Err(Failure::unknown_account(number));
    }
    writeln!(
        out,
        "{events} events; amounts as they are stored, in hellers"
    )?;
    Ok(())
}

fn stored(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), Value::to_string)
}
