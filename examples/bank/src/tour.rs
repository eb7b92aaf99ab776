//! What annals does, shown on a few accounts. It needs no database, and leaves nothing behind.

use std::io::Write;

use annals::prelude::*;
use chrono::{DateTime, NaiveDate, Utc};

use crate::account::{
    Account, AccountOpenedV1, Channel, Deposit, District, Open, Poplatek, Refusal, Statements,
    Withdraw,
};
use crate::asc::{AccountNumber, AscFile};
use crate::failure::Failure;
use crate::import::{Books, Progress, import};
use crate::indented::Indented;
use crate::money::Money;
use crate::read_models::{Activity, Balance, caught_up};
use crate::statement::statement;
use crate::verify::verify;

const ACCOUNTS: &str = include_str!("../sample/account.asc");
const TRANSACTIONS: &str = include_str!("../sample/trans.asc");

/// A customer of the tour; the sample has accounts 1 to 3.
const CUSTOMER: AccountNumber = AccountNumber(7);
/// The account of the sample that is overdrawn for a while.
const OVERDRAWN: AccountNumber = AccountNumber(2);
/// An account that the first release has opened.
const OLD: AccountNumber = AccountNumber(9);

pub async fn tour(out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    writeln!(
        out,
        "A bank on annals: nothing is stored but what happened, and everything else follows."
    )?;
    writeln!(
        out,
        "The events of this tour lie in an SQLite database in memory."
    )?;
    let store = Store::connect("sqlite::memory:").await?;

    title(
        out,
        "1. A command is decided on the account's state, and what follows from it is an event",
    )?;
    commands(&store, out).await?;
    title(
        out,
        "2. What the account's rules forbid is refused, and nothing is stored",
    )?;
    refused_command(&store, out).await?;
    title(
        out,
        "3. A command with a key takes effect once, however often it is sent",
    )?;
    repeated_command(&store, out).await?;
    title(
        out,
        "4. The bank's own books come in as events, each with the bank's date, and only once",
    )?;
    import_of_books(&store, out).await?;
    title(out, "5. Nothing is overwritten: every past state is there")?;
    past_balances(&store, out).await?;
    title(out, "6. A statement is the events, read once more")?;
    let march = Some(day(1993, 3, 4)?);
    statement(&store, OVERDRAWN, march, &mut Indented::new(out)).await?;
    title(
        out,
        "7. An event of an old release stays as it is, and is read as one of today",
    )?;
    old_event(&store, out).await?;
    title(out, "8. Tables follow the events, for whoever has to look")?;
    let running = crate::app(store.clone()).start().await?;
    read_models(running.store(), out).await?;
    title(
        out,
        "9. The events add up to what the bank recorded (it published rounded amounts)",
    )?;
    caught_up(running.store()).await?;
    verify(running.store(), &mut Indented::new(out), err).await?;
    running.stop().await;
    store.close().await;

    title(
        out,
        "Next: `bank --help`. The real bank, 28,205 transactions of 1993, takes two commands:",
    )?;
    writeln!(out, "   bank import account-1993.asc trans-1993.asc")?;
    writeln!(out, "   bank verify")?;
    Ok(())
}

async fn commands(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let account = store.aggregate::<Account>(CUSTOMER);
    let open = Open {
        district: District(18),
        statements: Statements::Monthly,
    };
    let opened = account.execute(open).await.map_err(unexpected)?;
    row(
        out,
        "open account 7",
        format_args!("account.opened, version {}", opened.version()),
    )?;

    let amount = Money::crowns(1000);
    let deposited = account
        .execute(Deposit { amount })
        .await
        .map_err(unexpected)?;
    row(
        out,
        "deposit 1000.00",
        format_args!("money.deposited, version {}", deposited.version()),
    )?;

    let withdrawn = account.execute(cash(250)).await.map_err(unexpected)?;
    row(
        out,
        "withdraw 250.00",
        format_args!("money.withdrawn, version {}", withdrawn.version()),
    )?;

    row(out, "balance", account.load().await?.balance)
}

async fn refused_command(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let account = store.aggregate::<Account>(CUSTOMER);
    match account.execute(cash(5000)).await {
        Ok(_) => return Err(Failure::new("5000.00 were paid out and are not there")),
        Err(CommandError::Rejected(refusal)) => {
            row(out, "withdraw 5000.00", format_args!("refused: {refusal}"))?;
        }
        Err(CommandError::Store(error)) => return Err(error.into()),
    }
    row(out, "events of account 7", account.load().await?.version())
}

async fn repeated_command(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let account = store.aggregate::<Account>(CUSTOMER);
    let deposit = Deposit {
        amount: Money::crowns(100),
    };
    for what in ["deposit 100.00, key \"slip 17\"", "the same once more"] {
        let receipt = account
            .execute(deposit.clone())
            .key("slip 17")
            .await
            .map_err(unexpected)?;
        let outcome = match receipt.is_repeated() {
            false => "stored",
            true => "stored before",
        };
        row(
            out,
            what,
            format_args!("version {}, {outcome}", receipt.version()),
        )?;
    }
    row(out, "balance", account.load().await?.balance)
}

async fn import_of_books(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let accounts = AscFile::new("sample/account.asc", ACCOUNTS);
    let transactions = AscFile::new("sample/trans.asc", TRANSACTIONS);
    for what in ["import the sample", "the same files once more"] {
        let books = Books::read(&accounts, std::slice::from_ref(&transactions))?;
        row(out, what, import(store, books, |_| Progress::Silent).await?)?;
    }
    Ok(())
}

async fn past_balances(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let account = store.aggregate::<Account>(OVERDRAWN);
    for date in [day(1993, 1, 31)?, day(1993, 2, 28)?] {
        let then = account.state_at(AsOf::occurred(end_of(date))).await?;
        row(
            out,
            &format!("balance of account 2 on {date}"),
            then.balance,
        )?;
    }
    row(out, "balance now", account.load().await?.balance)
}

async fn old_event(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let account = store.aggregate::<Account>(OLD);
    let old = AccountOpenedV1 {
        district: 55,
        frequency: Poplatek::Tydne,
    };
    let stored = [NewEvent::of(&old)];
    store
        .append(Append::to(account.stream(), Expected::NoStream, stored))
        .await?;

    if let Some(event) = store.stream(account.stream()).next().await? {
        let version = event.recorded().schema_version();
        let json = String::from_utf8_lossy(event.payload());
        row(out, &format!("stored: account.opened v{version}"), json)?;
    }
    if let Some(terms) = &account.load().await?.terms {
        let (district, statements) = (terms.district.0, terms.statements);
        row(
            out,
            "read: account.opened v2",
            format_args!("district {district}, statements {statements}"),
        )?;
    }
    Ok(())
}

async fn read_models(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let account = store.aggregate::<Account>(CUSTOMER);
    let amount = Money::crowns(40);
    let receipt = account
        .execute(Deposit { amount })
        .await
        .map_err(unexpected)?;

    row(
        out,
        "deposit 40.00",
        format_args!("money.deposited, version {}", receipt.version()),
    )?;

    // Waits until what was just stored is in the row.
    let balances = store.read_model::<Balance>().after(&receipt);
    if let Some(of) = balances.get(&CUSTOMER.0).await? {
        row(
            out,
            "row 7 of `balances`, at once",
            format_args!("{}, {} entries", of.balance, of.entries),
        )?;
    }
    let activity = store.read_model::<Activity>().after(&receipt);
    let all = activity.rows().await?.collect().await?;
    for Activity {
        position,
        account,
        what,
        amount,
        ..
    } in all.iter().rev().take(3)
    {
        row(
            out,
            &format!("row {position} of `activity`"),
            format_args!("account {account}, {what} {amount}"),
        )?;
    }
    writeln!(
        out,
        "   The same in SQL, here and (as `annals.balances`) in PostgreSQL:"
    )?;
    writeln!(
        out,
        "     select account, balance / 100.0 from balances where district = 18 order by balance desc;"
    )?;
    Ok(())
}

fn cash(crowns: i64) -> Withdraw {
    Withdraw {
        amount: Money::crowns(crowns),
        channel: Channel::Cash,
    }
}

fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, Failure> {
    NaiveDate::from_ymd_opt(year, month, day)
        .ok_or_else(|| Failure::new(format!("{year}-{month}-{day} is no date")))
}

fn end_of(date: NaiveDate) -> DateTime<Utc> {
    use chrono::{Days, NaiveTime, TimeDelta};

    let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
    next.and_time(NaiveTime::MIN).and_utc() - TimeDelta::microseconds(1)
}

/// A refusal where the tour expects none.
fn unexpected(error: CommandError<Refusal>) -> Failure {
    match error {
        CommandError::Rejected(refusal) => Failure::new(refusal),
        CommandError::Store(error) => error.into(),
    }
}

fn title(out: &mut dyn Write, title: &str) -> Result<(), Failure> {
    writeln!(out, "\n{title}")?;
    Ok(())
}

fn row(out: &mut dyn Write, what: &str, outcome: impl std::fmt::Display) -> Result<(), Failure> {
    writeln!(out, "   {what:<36} {outcome}")?;
    Ok(())
}
