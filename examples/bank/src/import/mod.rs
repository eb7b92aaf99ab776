//! Taking over the bank's books.

mod day_order;
mod plan;
mod progress;

use std::collections::HashMap;
use std::fmt;
use std::time::Instant;

use annals::Receipt;
use annals::prelude::*;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::account::{Account, Book, Open, Refusal};
use crate::asc::{
    AscFile, Faults, OpenedAccount, Place, Transaction, read_accounts, read_transactions,
};
use crate::failure::Failure;
use plan::{Plan, plan};
pub use progress::Progress;
use progress::rate;

/// How many accounts are worked on at a time. One account's transactions follow each other; those of several are stored
/// together, in one round trip.
const AT_ONCE: usize = 32;

/// The content of the files, checked.
pub struct Books(Vec<(OpenedAccount, Vec<Transaction>)>);

impl Books {
    /// Reads the files. All of them, or everything that is wrong with any.
    pub fn read(account_file: &AscFile, transaction_files: &[AscFile]) -> Result<Self, Faults> {
        let accounts = read_accounts(account_file)?;
        let transactions = read_transactions(transaction_files, &accounts)?;
        let mut by_account: HashMap<_, Vec<_>> = HashMap::new();
        for transaction in transactions {
            by_account
                .entry(transaction.account)
                .or_default()
                .push(transaction);
        }
        let with_transactions = accounts.into_iter().map(|account| {
            let transactions = by_account.remove(&account.number).unwrap_or_default();
            (account, transactions)
        });
        Ok(Books(with_transactions.collect()))
    }
}

/// What an import came to.
#[derive(Debug)]
pub struct Imported {
    pub accounts: usize,
    pub transactions: usize,
    /// Transactions that were stored before.
    pub stored: usize,
    pub per_second: u64,
    pub seconds: f64,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Imported {
            accounts,
            transactions,
            stored,
            per_second,
            seconds,
        } = self;
        if *accounts == 0 && *transactions == 0 {
            return write!(f, "nothing new: all {stored} transactions are stored");
        }
        write!(
            f,
            "imported {accounts} accounts and {transactions} transactions in {seconds:.1} s ({per_second}/s)"
        )?;
        if *stored > 0 {
            write!(f, "; {stored} transactions were stored before")?;
        }
        Ok(())
    }
}

/// Stores what is not stored yet.
///
/// Each transaction is a command on its account, and its id is the command's key: whether the import is repeated,
/// killed half-way, or running twice at the same time, a transaction is stored once.
pub async fn import(
    store: &Store,
    books: Books,
    progress: fn(u64) -> Progress,
) -> Result<Imported, Failure> {
    let start = Instant::now();
    let plans = plans(store, books).await?;
    let given: usize = plans
        .iter()
        .map(|plan| plan.stored + plan.transactions.len())
        .sum();
    let commands: usize = plans.iter().map(Plan::commands).sum();

    let progress = progress(commands as u64);
    let carried_out = stream::iter(plans)
        .map(|plan| carry_out(store, plan, &progress))
        .buffer_unordered(AT_ONCE)
        .try_fold(
            (0, 0),
            async |(accounts, transactions), (opened, booked)| {
                Ok((accounts + opened, transactions + booked))
            },
        )
        .await;
    progress.finish();
    let (accounts, transactions) = carried_out?;

    Ok(Imported {
        accounts,
        transactions,
        stored: given - transactions,
        per_second: rate(commands as u64, start.elapsed()),
        seconds: start.elapsed().as_secs_f64(),
    })
}

async fn plans(store: &Store, books: Books) -> Result<Vec<Plan>, Failure> {
    let planned: Vec<_> = stream::iter(books.0)
        .map(|(account, transactions)| plan(store, account, transactions))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let (plans, faults): (Vec<_>, Vec<_>) = planned.into_iter().unzip();
    let faults: Faults = faults.into_iter().flatten().collect();
    faults.into_result()?;
    Ok(plans)
}

/// Answers how many accounts and transactions it stored: an import of the same files may have been faster with some.
async fn carry_out(
    store: &Store,
    plan: Plan,
    progress: &Progress,
) -> Result<(usize, usize), Failure> {
    let (mut opened, mut booked) = (0, 0);
    let account = &plan.account;
    let root = store.aggregate::<Account>(account.number);
    let mut version = plan.version;
    if !plan.is_open {
        let open = Open {
            district: account.district,
            statements: account.statements,
        };
        let line = Line {
            key: format!("open-{}", account.number),
            date: account.date,
            metadata: account.metadata(),
        };
        let sent = send(&root, open, line, version).await;
        let receipt = sent.map_err(|error| failed(&account.place, error))?;
        opened += usize::from(!receipt.is_repeated());
        version = receipt.version();
        progress.advance();
    }
    for transaction in plan.transactions {
        let line = Line {
            key: transaction.id.to_string(),
            date: transaction.date,
            metadata: transaction.metadata(),
        };
        let sent = send(&root, Book(transaction.entry), line, version).await;
        let receipt = sent.map_err(|error| failed(&transaction.place, error))?;
        booked += usize::from(!receipt.is_repeated());
        version = receipt.version();
        progress.advance();
    }
    Ok((opened, booked))
}

/// What a line of a file says besides the command.
struct Line {
    key: String,
    date: NaiveDate,
    metadata: Metadata,
}

/// Sends a command to the account at this version.
///
/// The order was found for the stream as it was. Should somebody else write to it meanwhile, that is a conflict, and the
/// import ends; started again, it makes another plan. Only where that somebody is an import of the same files, it is
/// none: asked once more, the store finds the key.
async fn send<C>(
    root: &Root<Account>,
    command: C,
    line: Line,
    version: Version,
) -> Result<Receipt, CommandError<Refusal>>
where
    Account: Handle<C, Error = Refusal>,
    C: Clone + Send + Sync,
{
    let send = || {
        root.execute(command.clone())
            .key(&line.key)
            .occurred_at(start_of(line.date))
            .metadata(line.metadata.clone())
            .expect(version)
    };
    match send().await {
        Err(CommandError::Store(error)) if error.is_conflict() => send().await,
        answer => answer,
    }
}

/// The bank's date has no time: an event has that of the day's beginning.
fn start_of(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

fn failed(place: &Place, error: CommandError<Refusal>) -> Failure {
    let failure = match error {
        CommandError::Rejected(refusal) => Failure::new(refusal),
        CommandError::Store(error) => Failure::from(error),
    };
    failure
        .while_doing(place)
        .with_help("what was stored before stays; run the import again to continue")
}
