//! A store to look at.

use annals::{App, Append, Expected, Metadata, NewEvent, Store};
use annals_tests::Database;
use annals_tests::domain::{Account, Deposited, Ledger, Opened, account};
use uuid::Uuid;

use crate::run::{Ran, run};

/// The id of the n-th event of [`stored`].
pub(crate) fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0191_0000_0000_7000_8000_0000_0000_0000 + n)
}

/// An app at the address of a database, which knows the events of the tests.
pub(crate) fn app(database: &Database) -> App {
    App::new(database.url())
        .aggregate::<Account>()
        .aggregate::<Ledger>()
}

/// Three events in two streams, in the order of their positions: account 1 was opened by alice, money came in, and
/// from that into account 2.
pub(crate) async fn stored(database: &Database) -> Store {
    let store = database.store().await;
    let opened = Opened {
        owner: "alice".to_owned(),
    };
    let metadata = Metadata::new()
        .with_correlation("request-1")
        .with_actor("alice");
    let caused = |by| metadata.clone().with_causation(id(by).to_string());
    let deposited = |n, cents| NewEvent::of(&Deposited { cents }).id(id(n));
    let appends = [
        Append::to(
            &account("1"),
            Expected::NoStream,
            [
                NewEvent::of(&opened).id(id(1)).metadata(metadata.clone()),
                deposited(2, 500).metadata(caused(1).with("branch", 7)),
            ],
        ),
        Append::to(
            &account("2"),
            Expected::NoStream,
            [deposited(3, 300).metadata(caused(2))],
        ),
    ];
    for append in appends {
        store.append(append).await.expect("stored");
    }
    store
}

/// Runs a command on a database. In what it prints, `TIME` stands for each time.
pub(crate) async fn look(database: &Database, arguments: &[&str]) -> Ran {
    let ran = run(&app(database), arguments).await;
    Ran {
        out: without_times(&ran.out),
        ..ran
    }
}

/// With `TIME` for each time that is written to the microsecond.
pub(crate) fn without_times(text: &str) -> String {
    const FORM: &str = "0000-00-00T00:00:00.000000Z";
    let is_time = |text: &str| {
        text.len() == FORM.len()
            && text
                .chars()
                .zip(FORM.chars())
                .all(|(sign, form)| match form {
                    '0' => sign.is_ascii_digit(),
                    form => sign == form,
                })
    };
    let mut masked = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        if rest.get(..FORM.len()).is_some_and(is_time) {
            masked.push_str("TIME");
            rest = &rest[FORM.len()..];
        } else {
            masked.push(sign);
            rest = &rest[sign.len_utf8()..];
        }
    }
    masked
}
