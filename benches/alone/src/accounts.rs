//! What happens to every account: it is opened, and then money comes in and goes out in turn. The version alone says how much, so
//! that the balance of any account is known without reading it.

use std::ops::RangeInclusive;

use annals::{NewEvent, Store, StreamId};

use crate::domain::{Account, Deposited, Opened, Withdrawn};

/// The events of an account before it is loaded or sent a command.
pub const SHORT: u64 = 20;

/// The stream of an account.
#[must_use]
pub fn account(id: &str) -> StreamId {
    StreamId::new("account", id)
}

/// How the balance changes at a version.
#[must_use]
pub fn change(version: u64) -> i64 {
    let version = version.cast_signed();
    match version {
        1 => 0,
        _ if version % 2 == 0 => 1000 + version,
        _ => -version,
    }
}

/// What is in an account of so many events.
#[must_use]
pub fn balance(length: u64) -> i64 {
    (1..=length).map(change).sum()
}

/// The events at these versions of an account.
#[must_use]
pub fn events(versions: RangeInclusive<u64>) -> Vec<NewEvent> {
    versions.map(event).collect()
}

fn event(version: u64) -> NewEvent {
    let note = format!("entry number {version}");
    match change(version) {
        0 => NewEvent::of(&Opened {
            owner: "owner of an account".to_owned(),
        }),
        cents if cents > 0 => NewEvent::of(&Deposited { cents, note }),
        cents => NewEvent::of(&Withdrawn {
            cents: -cents,
            note,
        }),
    }
}

/// Fails where an account does not have so many events, or where other amounts are stored than are due.
pub async fn check(store: &Store, id: &str, length: u64) {
    check_after(store, id, length, 0).await;
}

/// The same where commands took out a cent each, after the events.
pub async fn check_after(store: &Store, id: &str, length: u64, commands: u64) {
    let loaded = store.aggregate::<Account>(id).load().await;
    let loaded = loaded.expect("the account is read");
    assert_eq!(
        (loaded.version().get(), loaded.balance),
        (length + commands, balance(length) - commands.cast_signed()),
        "account {id}"
    );
}
