//! Importing the bank's books: once, again, interrupted, at the same time, in parts, and with mistakes.

use std::fmt::Write;
use std::time::Duration;

use crate::bank::{ACCOUNTS, Bank, TRANSACTIONS, date, ended, lines};

const VERIFIED: &str = "reproduced 37 of 37 balances within 0.10 CZK (32 exactly)\n\
                        folded 37 of 37 balances within 1.00 CZK\n\
                        table balances: 3 of 3 rows are the fold of their events, 3 of 3 are within 1.00 CZK of the \
                        bank's last balance\n";

#[test]
fn the_sample_comes_in_once() {
    let bank = Bank::with_sample();
    let first = bank.out("import account.asc trans.asc");
    assert!(
        first.starts_with("imported 3 accounts and 37 transactions in "),
        "{first}"
    );
    assert_eq!(bank.out("verify"), VERIFIED);

    let history = bank.out("history 1");
    let second = bank.out("import account.asc trans.asc");
    assert_eq!(second, "nothing new: all 37 transactions are stored\n");
    assert_eq!(bank.out("history 1"), history);
    assert_eq!(bank.out("verify"), VERIFIED);
}

#[test]
fn later_months_follow_in_runs_of_their_own() {
    let whole = Bank::with_sample();
    whole.out("import account.asc trans.asc");

    let parts = Bank::with_sample();
    // The third account was opened in February.
    parts.write(
        "account-1.asc",
        &lines(ACCOUNTS, |line| !line.starts_with("3;")),
    );
    for month in 1..=3 {
        let of_month = |line: &str| date(line).starts_with(&format!("930{month}"));
        parts.write(
            &format!("trans-{month}.asc"),
            &lines(TRANSACTIONS, of_month),
        );
    }
    parts.out("import account-1.asc trans-1.asc");
    parts.out("import account.asc trans-2.asc");
    let last = parts.out("import account.asc trans-1.asc trans-2.asc trans-3.asc");
    assert!(
        last.contains("; 22 transactions were stored before"),
        "{last}"
    );

    assert_eq!(parts.out("verify"), VERIFIED);
    for account in 1..=3 {
        let history = format!("history {account}");
        assert_eq!(parts.out(&history), whole.out(&history));
    }
}

#[test]
fn months_can_be_given_in_any_order_but_not_brought_in_later() {
    let bank = Bank::with_sample();
    bank.write(
        "early.asc",
        &lines(TRANSACTIONS, |line| date(line) < "930301"),
    );
    bank.write(
        "late.asc",
        &lines(TRANSACTIONS, |line| date(line) >= "930301"),
    );

    let late = Bank::with_sample();
    std::fs::copy(bank.path("early.asc"), late.path("early.asc")).expect("a copy");
    std::fs::copy(bank.path("late.asc"), late.path("late.asc")).expect("a copy");

    bank.out("import account.asc late.asc early.asc");
    assert_eq!(bank.out("verify"), VERIFIED);

    late.out("import account.asc late.asc");
    let before = late.out("history 1");
    let refused = late.run("import account.asc early.asc");
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.err.contains(
            "early.asc:2:1: expected no transaction of account 1 before 1993-03-31, up to which it \
             is stored (import older files first), found one of 1993-01-04"
        ),
        "{}",
        refused.err
    );
    assert_eq!(late.out("history 1"), before);
}

#[test]
fn a_malformed_line_stores_nothing() {
    let bank = Bank::with_sample();
    bank.write(
        "wrong.asc",
        &TRANSACTIONS.replace(";8400.00;9300.00;", ";8400,00;9300.00;"),
    );
    let refused = bank.run("import account.asc trans.asc wrong.asc");
    assert_eq!(refused.code, Some(2));
    assert_eq!(refused.out, "");
    assert_eq!(
        refused.err,
        "error: wrong.asc has a line that cannot be used\n  \
         wrong.asc:4:40: expected an amount with two decimals, like `1234.50`, found `8400,00`\n\
         help: nothing was stored; correct the lines and import again\n"
    );
    assert!(!bank.path("bank.db").exists());
}

#[test]
fn a_stored_transaction_does_not_change() {
    let bank = Bank::with_sample();
    bank.out("import account.asc trans.asc");
    let before = bank.out("history 1");

    bank.write(
        "trans.asc",
        &TRANSACTIONS.replace(";8400.00;9300.00;", ";8300.00;9200.00;"),
    );
    bank.write("account.asc", &ACCOUNTS.replace("3;44;", "3;45;"));
    let refused = bank.run("import account.asc trans.asc");
    assert_eq!(refused.code, Some(2));
    assert!(
        refused
            .err
            .contains("account.asc:4:1: expected account 3 as it is stored, `3;44;")
    );
    assert!(
        refused
            .err
            .contains("trans.asc:4:1: expected transaction 1003 as it is stored, `1003;")
    );
    assert_eq!(bank.out("history 1"), before);
}

#[test]
fn a_missing_file_is_named() {
    let bank = Bank::with_sample();
    let refused = bank.run("import account.asc nowhere.asc");
    assert_eq!(refused.code, Some(2));
    assert!(
        refused
            .err
            .starts_with("error: nowhere.asc cannot be read: "),
        "{}",
        refused.err
    );
}

/// Enough that an import takes a while: accounts whose three transactions a day stand in the file in the wrong order.
fn many(accounts: u32, days: u32) -> (String, String) {
    let mut account_file = lines(ACCOUNTS, |_| false);
    let mut transaction_file = lines(TRANSACTIONS, |_| false);
    let mut id = 0;
    for account in 1..=accounts {
        let _ = writeln!(account_file, "{account};1;\"POPLATEK MESICNE\";930101");
        for day in 1..=days {
            let before = (day - 1) * 1000;
            for (kind, operation, amount, balance, symbol) in [
                ("VYDAJ", "VYBER", 15, before + 1000, "SLUZBY"),
                ("PRIJEM", "", 15, before + 1015, "UROK"),
                ("PRIJEM", "VKLAD", 1000, before + 1000, ""),
            ] {
                id += 1;
                let _ = writeln!(
                    transaction_file,
                    "{id};{account};9301{day:02};\"{kind}\";\"{operation}\";{amount}.00;{balance}.00;\"{symbol}\";;"
                );
            }
        }
    }
    (account_file, transaction_file)
}

fn bank_with_many() -> (Bank, String) {
    let (accounts, days) = (20, 20);
    let bank = Bank::new();
    let (account_file, transaction_file) = many(accounts, days);
    bank.write("account.asc", &account_file);
    bank.write("trans.asc", &transaction_file);
    let all = accounts * days * 3;
    let verified = format!(
        "reproduced {all} of {all} balances within 0.10 CZK ({all} exactly)\n\
         folded {all} of {all} balances within 1.00 CZK\n\
         table balances: {accounts} of {accounts} rows are the fold of their events, {accounts} of {accounts} are within \
         1.00 CZK of the bank's last balance\n"
    );
    (bank, verified)
}

#[test]
fn a_killed_import_is_continued() {
    let (bank, verified) = bank_with_many();
    for milliseconds in [100, 250, 400] {
        let mut import = bank.start("import account.asc trans.asc");
        std::thread::sleep(Duration::from_millis(milliseconds));
        // Where it has ended already, there is nothing to kill.
        let _ = import.kill();
        let _ = ended(import);
    }
    bank.out("import account.asc trans.asc");
    assert_eq!(bank.out("verify"), verified);
}

#[test]
fn two_imports_at_the_same_time_store_everything_once() {
    let (bank, verified) = bank_with_many();
    let one = bank.start("import account.asc trans.asc");
    let other = bank.start("import account.asc trans.asc");
    let mut stored = 0;
    for import in [ended(one), ended(other)] {
        assert_eq!(import.code, Some(0), "{import:#?}");
        let mut words = import.out.split_whitespace();
        // `imported 12 accounts and 345 transactions ..`, or `nothing new ..` where the other was that much faster.
        stored += words
            .nth(4)
            .and_then(|count| count.parse().ok())
            .unwrap_or(0);
    }
    assert_eq!(stored, 20 * 20 * 3);
    assert_eq!(bank.out("verify"), verified);
}
