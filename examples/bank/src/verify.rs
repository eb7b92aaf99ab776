//! Do the events tell the same as the bank's books?

use std::collections::HashMap;
use std::fmt::Display;
use std::io::Write;

use annals::prelude::*;

use crate::account::Account;
use crate::bank_record::BankRecord;
use crate::failure::Failure;
use crate::money::Money;
use crate::read_models;

/// From which balance an event is applied.
#[derive(Debug, Clone, Copy)]
enum Start {
    /// From the one that the bank recorded before it.
    Recorded,
    /// From the one that all events before it came to.
    Folded,
}

/// What the bank rounds when it publishes one amount.
const ROUNDING: Money = Money::hellers(10);
/// What the rounding of all amounts of an account may add up to.
const DRIFT: Money = Money::hellers(100);
/// Enough to see what is wrong.
const SHOWN: usize = 20;

/// Replays every account, twice, and says how many of the bank's recorded balances come out, and whether the table
/// `balances` says the same. Answers whether all is right.
pub async fn verify(
    store: &Store,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<bool, Failure> {
    let mut reproduced = Tally::new(ROUNDING);
    let mut folded = Tally::new(DRIFT);
    let mut last = HashMap::new();
    let mut accounts = store.instances::<Account>();
    while let Some(root) = accounts.next().await? {
        replay(&root, Start::Recorded, &mut reproduced).await?;
        if let Some(balance) = replay(&root, Start::Folded, &mut folded).await? {
            last.insert(root.stream().id().to_owned(), balance);
        }
    }
    if reproduced.total == 0 {
        return Err(
            Failure::new("the store holds no balance that a bank has recorded")
                .with_help("`bank import <account file> <transaction file>..` brings accounts in"),
        );
    }
    reproduced.write_off("from the recorded balance before", err)?;
    folded.write_off("folded from zero", err)?;
    let Tally {
        within,
        total,
        exact,
        ..
    } = reproduced;
    writeln!(
        out,
        "reproduced {within} of {total} balances within {ROUNDING} CZK ({exact} exactly)"
    )?;
    let Tally { within, total, .. } = folded;
    writeln!(
        out,
        "folded {within} of {total} balances within {DRIFT} CZK"
    )?;
    let are_rows_right = read_models::verify(store, &last, DRIFT, out).await?;
    Ok(reproduced.is_right() && folded.is_right() && are_rows_right)
}

/// Applies every event of an account just as a command would, and compares. Answers the last balance that the bank recorded.
async fn replay(
    root: &Root<Account>,
    start: Start,
    tally: &mut Tally,
) -> Result<Option<Money>, Failure> {
    let mut account = Account::default();
    let mut last = None;
    let mut events = root.events();
    while let Some((event, recorded)) = events.next().await? {
        account.evolve(event, &recorded);
        if let Some(balance) = BankRecord::of(&recorded)?.balance {
            tally.compare(account.balance, balance, &recorded);
            last = Some(balance);
            if let Start::Recorded = start {
                account.balance = balance;
            }
        }
    }
    Ok(last)
}

/// How many balances came out, and which did not.
struct Tally {
    tolerance: Money,
    total: usize,
    within: usize,
    exact: usize,
    off: Vec<String>,
}

impl Tally {
    fn new(tolerance: Money) -> Self {
        Tally {
            tolerance,
            total: 0,
            within: 0,
            exact: 0,
            off: Vec::new(),
        }
    }

    fn is_right(&self) -> bool {
        self.within == self.total
    }

    fn compare(&mut self, computed: Money, balance: Money, recorded: &Recorded) {
        let distance = computed.distance(balance);
        self.total += 1;
        if distance == Money::ZERO {
            self.exact += 1;
        }
        if distance <= self.tolerance {
            self.within += 1;
        } else if self.off.len() < SHOWN {
            self.off.push(format!(
                "event {} of {} ({}, {}): {computed} computed, {balance} recorded by the bank",
                recorded.version(),
                recorded.stream(),
                recorded.event_type(),
                recorded.occurred_at().date_naive(),
            ));
        }
    }

    /// Writes what is off.
    fn write_off(&self, how: impl Display, err: &mut dyn Write) -> std::io::Result<()> {
        let off = self.total - self.within;
        if off == 0 {
            return Ok(());
        }
        writeln!(err, "{off} balances are off, {how}:")?;
        for line in &self.off {
            writeln!(err, "  {line}")?;
        }
        if off > self.off.len() {
            writeln!(err, "  .. and {} more", off - self.off.len())?;
        }
        Ok(())
    }
}
