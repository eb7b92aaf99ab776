//! What is wrong around the store: each error says which thing it is, by kind and by name, and what to do about it.

mod addresses;
mod disk_full;
mod files;
mod lost;
mod migrations;
mod rights;
mod servers;
mod settings;
mod standby;

use annals::{Append, Error, ErrorKind, Expected, Store};
use annals_tests::domain::{account, deposited};

/// The error is of the kind, names the things, and its hint says the words.
#[track_caller]
fn says(error: &Error, kind: ErrorKind, names: &[&str], cures: &[&str]) {
    assert_eq!(error.kind(), kind, "{error:?}");
    let message = error.to_string();
    for name in names {
        assert!(message.contains(name), "{name}: {message}");
    }
    let hint = error.hint().unwrap_or_else(|| panic!("no hint: {error:?}"));
    for cure in cures {
        assert!(hint.contains(cure), "{cure}: {hint}");
    }
}

async fn refused(url: &str) -> Error {
    match Store::connect(url).await {
        Ok(_) => panic!("{url} is a store"),
        Err(error) => error,
    }
}

fn one(id: &str) -> Append {
    Append::to(&account(id), Expected::Any, [deposited(1)])
}
