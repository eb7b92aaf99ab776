//! An account's statement.

use std::io::Write;

use annals::prelude::*;
use chrono::NaiveDate;

use crate::account::{Account, AccountEvent, Channel, Purpose};
use crate::asc::AccountNumber;
use crate::bank_record::BankRecord;
use crate::failure::Failure;

/// Writes every transaction up to the end of the day `at`, each with the balance after it.
pub async fn statement(
    store: &Store,
    number: AccountNumber,
    at: Option<NaiveDate>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut account = Account::default();
    let mut recorded_balance = None;
    let mut events = store.aggregate::<Account>(number).events();
    while let Some((event, recorded)) = events.next().await? {
        let date = recorded.occurred_at().date_naive();
        if at.is_some_and(|at| date > at) {
            if account.terms.is_none() {
                return Err(Failure::new(format!(
                    "account {number} was opened on {date}"
                )));
            }
            continue;
        }
        let text = describe(&event);
        let before = account.balance;
        account.evolve(event, &recorded);
        match text {
            Some(text) => {
                let amount = account.balance - before;
                let balance = account.balance;
                writeln!(out, "{date}  {text:<41} {amount:>12} {balance:>13}")?;
            }
            None => heading(number, &account, date, out)?,
        }
        recorded_balance = BankRecord::of(&recorded)?.balance;
    }
    if account.terms.is_none() {
        return Err(Failure::unknown_account(number));
    }
    let until = at.map_or("now".to_owned(), |at| format!("on {at}"));
    writeln!(out, "balance {until}: {} CZK", account.balance)?;
    if let Some(recorded) = recorded_balance.filter(|recorded| *recorded != account.balance) {
        writeln!(
            out,
            "the bank recorded {recorded} CZK; it published rounded amounts"
        )?;
    }
    Ok(())
}

fn heading(
    number: AccountNumber,
    account: &Account,
    opened: NaiveDate,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if let Some(terms) = &account.terms {
        let (district, statements) = (terms.district.0, terms.statements);
        writeln!(
            out,
            "account {number}, opened {opened} in district {district}, statements {statements}"
        )?;
    }
    writeln!(
        out,
        "{:<12}{:<41} {:>12} {:>13}",
        "date", "transaction", "amount", "balance"
    )
}

/// A transaction in words; `None` for the opening, which moves no money.
fn describe(event: &AccountEvent) -> Option<String> {
    let text = match event {
        AccountEvent::AccountOpened(_) => return None,
        AccountEvent::MoneyDeposited(_) => "cash deposit".to_owned(),
        AccountEvent::MoneyWithdrawn(event) => {
            let how = match event.channel {
                Channel::Cash => "cash withdrawal",
                Channel::Card => "card withdrawal",
            };
            with_purpose(how.to_owned(), event.purpose)
        }
        AccountEvent::TransferReceived(event) => {
            with_purpose(format!("transfer from {}", event.from), event.purpose)
        }
        AccountEvent::TransferSent(event) => {
            with_purpose(format!("transfer to {}", event.to), event.purpose)
        }
        AccountEvent::InterestCredited(_) => "interest".to_owned(),
        AccountEvent::PenaltyInterestCharged(_) => "penalty interest".to_owned(),
        AccountEvent::FeeCharged(_) => "statement fee".to_owned(),
    };
    Some(text)
}

fn with_purpose(text: String, purpose: Option<Purpose>) -> String {
    match purpose {
        Some(purpose) => format!("{text}, {purpose}"),
        None => text,
    }
}
