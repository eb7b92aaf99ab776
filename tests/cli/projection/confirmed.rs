//! What has to be confirmed.

use std::io::BufRead;

use annals_tests::{Database, contract};

use super::models::{app, command, deposits, first, follow};

contract![nothing_is_done_unasked, a_yes_is_enough, a_no_is_too];

const ALL: [&[&str]; 5] = [
    &["projection", "rebuild", "balances"],
    &["projection", "rollback", "balances"],
    &["projection", "accept", "balances"],
    &["projection", "drop", "balances", "--version", "1"],
    &["parked", "discard", "balances", "3"],
];

async fn stumbled(database: &Database) {
    let receipt = deposits(database, "1", &[5, 13]).await;
    follow::<first::Balance>(database, &receipt).await;
}

async fn answered(database: &Database, arguments: &[&str], typed: &str) -> (u8, String) {
    let arguments = ["bank"].iter().chain(arguments).map(Into::into);
    let (mut out, mut messages) = (Vec::new(), Vec::new());
    let mut typed = typed.as_bytes();
    let answers: Option<&mut (dyn BufRead + Send)> = Some(&mut typed);
    let app = app::<first::Balance>(database);
    let code = annals::cli::run_answered(&app, arguments, answers, &mut out, &mut messages).await;
    (code, String::from_utf8(messages).expect("text"))
}

async fn nothing_is_done_unasked(database: &Database) {
    stumbled(database).await;
    for arguments in ALL {
        let ran = command::<first::Balance>(database, arguments).await;
        ran.is(
            2,
            "",
            "error: this has to be confirmed, and the standard input is no terminal\n\
             help: add `--yes` where it is meant\n",
        );
    }
}

async fn a_no_is_too(database: &Database) {
    stumbled(database).await;
    for arguments in ALL {
        let (code, said) = answered(database, arguments, "n\n").await;
        assert_eq!(code, 2, "{arguments:?}");
        assert!(said.ends_with("? [y/N] nothing was done\n"), "{said}");
    }
    let list = command::<first::Balance>(database, &["parked", "list"]).await;
    assert_eq!(list.out.lines().count(), 1, "{list:?}");
}

async fn a_yes_is_enough(database: &Database) {
    stumbled(database).await;
    let (code, said) = answered(database, ALL[4], "y\n").await;
    assert_eq!(code, 0, "{said}");
    assert!(
        said.starts_with(
            "Leave the event at position 3 out of the rows of projection `balances` for good? [y/N] "
        ),
        "{said}"
    );
    let list = command::<first::Balance>(database, &["parked", "list"]).await;
    list.is(0, "", "nothing is parked\n");
}
