//! What the other commands print, and how they end.

use crate::bank::{Bank, TRANSACTIONS};

fn imported() -> Bank {
    let bank = Bank::with_sample();
    bank.out("import account.asc trans.asc");
    bank
}

#[test]
fn a_balance_that_is_off_is_shown_and_counted() {
    let bank = Bank::with_sample();
    bank.write(
        "trans.asc",
        &TRANSACTIONS.replace(";8400.00;9300.00;", ";8400.00;9305.00;"),
    );
    bank.out("import account.asc trans.asc");
    let verify = bank.run("verify");
    assert_eq!(verify.code, Some(1));
    assert_eq!(
        verify.out,
        "reproduced 35 of 37 balances within 0.10 CZK (30 exactly)\n\
         folded 36 of 37 balances within 1.00 CZK\n\
         table balances: 3 of 3 rows are the fold of their events, 3 of 3 are within 1.00 CZK of the bank's last balance\n"
    );
    assert_eq!(
        verify.err,
        "2 balances are off, from the recorded balance before:\n  \
         event 3 of account-1 (transfer.received, 1993-01-12): 9300.00 computed, 9305.00 recorded by the bank\n  \
         event 4 of account-1 (money.withdrawn, 1993-01-18): 8105.00 computed, 8100.00 recorded by the bank\n\
         1 balances are off, folded from zero:\n  \
         event 3 of account-1 (transfer.received, 1993-01-12): 9300.00 computed, 9305.00 recorded by the bank\n"
    );
}

#[test]
fn a_statement_ends_with_its_day() {
    let bank = imported();
    assert_eq!(
        bank.out("statement 2 --at 1993-01-13"),
        "account 2, opened 1993-01-11 in district 5, statements weekly\n\
         date        transaction                                     amount       balance\n\
         1993-01-11  cash deposit                                    600.00        600.00\n\
         1993-01-13  transfer from AB 4471902                      12150.00      12750.00\n\
         balance on 1993-01-13: 12750.00 CZK\n"
    );
    let now = bank.out("statement 2");
    assert!(
        now.ends_with(
            "balance now: 10736.10 CZK\n\
             the bank recorded 10736.11 CZK; it published rounded amounts\n"
        ),
        "{now}"
    );
}

#[test]
fn a_statement_from_before_the_opening_is_refused() {
    let refused = imported().run("statement 2 --at 1993-01-10");
    assert_eq!(refused.code, Some(2));
    assert_eq!(refused.err, "error: account 2 was opened on 1993-01-11\n");
}

#[test]
fn an_account_that_is_not_there_is_named() {
    let bank = imported();
    for command in ["statement 99", "history 99"] {
        let refused = bank.run(command);
        assert_eq!(refused.code, Some(2));
        assert!(
            refused
                .err
                .starts_with("error: the store has no account 99\nhelp: ")
        );
    }
}

#[test]
fn a_history_shows_what_each_event_changed() {
    let history = imported().out("history 3");
    assert!(
        history.starts_with(
            "   1  1993-02-01  account.opened\n        \
             terms: null -> {\"district\":44,\"statements\":\"after_each_transaction\"}\n   \
             2  1993-02-01  money.deposited, transaction 1061\n        \
             balance: 0 -> 100000\n"
        ),
        "{history}"
    );
    assert!(
        history.ends_with("8 events; amounts as they are stored, in hellers\n"),
        "{history}"
    );
}

#[test]
fn a_store_that_is_not_there_is_not_made() {
    let bank = Bank::new();
    for command in ["verify", "statement 1", "history 1"] {
        let refused = bank.run(command);
        assert_eq!(refused.code, Some(2), "{refused:#?}");
        assert!(refused.err.contains("bank.db"), "{}", refused.err);
    }
    assert!(!bank.path("bank.db").exists());
}

#[test]
fn nothing_to_verify_is_not_a_success() {
    let bank = Bank::with_sample();
    let header = TRANSACTIONS.lines().next().unwrap_or_default();
    bank.write("trans.asc", header);
    bank.out("import account.asc trans.asc");
    assert_eq!(bank.run("verify").code, Some(2));
}

#[test]
fn usage_errors_end_with_2() {
    let bank = Bank::new();
    for command in [
        "import account.asc",
        "statement",
        "statement x",
        "statement 1 --at 930101",
        "audit",
    ] {
        assert_eq!(bank.run(command).code, Some(2), "{command}");
    }
}

#[test]
fn the_tour_needs_nothing_and_leaves_nothing() {
    let bank = Bank::new();
    let tour = bank.out("");
    for line in [
        "withdraw 5000.00                     refused: 5000.00 are asked for, and 750.00 are there",
        "balance of account 2 on 1993-02-28   -1272.60",
        "row 7 of `balances`, at once         890.00, 4 entries",
        "account 7, cash deposit 40.00",
        "reproduced 37 of 37 balances within 0.10 CZK (32 exactly)",
        "table balances: 5 of 5 rows are the fold of their events, 3 of 3 are within 1.00 CZK of the bank's last balance",
    ] {
        assert!(tour.contains(line), "{line}\n{tour}");
    }
    assert!(!bank.path("bank.db").exists());
}
