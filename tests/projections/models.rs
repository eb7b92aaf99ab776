//! The projections of the tests: balances, a timeline of all that happened, and a directory of owners.

use annals::prelude::*;
use annals::{App, Running, Store};
use annals_tests::domain::{Account, Deposited, Ledger, Opened, Withdrawn};
use annals_tests::{Database, options};
use std::time::Duration;

/// A row for each account.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Balance {
    #[key]
    pub(crate) account: String,
    pub(crate) owner: String,
    #[index]
    pub(crate) cents: i64,
}

#[projection(name = "balances", version = 1)]
impl Balance {
    fn opened(event: &Opened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().id().to_owned(),
            owner: event.owner.clone(),
            cents: 0,
        }
    }

    fn deposited(&mut self, event: &Deposited) {
        self.cents += event.cents;
    }

    fn withdrawn(&mut self, event: &Withdrawn) {
        self.cents -= event.cents;
    }
}

/// A row for each event.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Activity {
    #[key]
    pub(crate) position: i64,
    #[index]
    pub(crate) stream: String,
    pub(crate) what: String,
    pub(crate) cents: Option<i64>,
    pub(crate) at: chrono::DateTime<chrono::Utc>,
}

impl Activity {
    fn of(what: &str, cents: Option<i64>, cx: &Recorded) -> Self {
        Activity {
            position: i64::try_from(cx.position().get()).unwrap_or(i64::MAX),
            stream: cx.stream().to_string(),
            what: what.to_owned(),
            cents,
            at: cx.recorded_at(),
        }
    }
}

#[projection("activity")]
impl Activity {
    #[key(i64::try_from(cx.position().get()).unwrap_or(i64::MAX))]
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        Self::of("opened", None, cx)
    }

    #[key(i64::try_from(cx.position().get()).unwrap_or(i64::MAX))]
    fn deposited(event: &Deposited, cx: &Recorded) -> Self {
        Self::of("deposited", Some(event.cents), cx)
    }

    #[key(i64::try_from(cx.position().get()).unwrap_or(i64::MAX))]
    fn withdrawn(event: &Withdrawn, cx: &Recorded) -> Self {
        Self::of("withdrawn", Some(event.cents), cx)
    }
}

/// A row for each owner, whose accounts are many streams.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Owner {
    #[key]
    pub(crate) name: String,
    pub(crate) accounts: u32,
    pub(crate) since: chrono::DateTime<chrono::Utc>,
}

#[projection(name = "owners", partitions = 4)]
impl Owner {
    #[key(event.owner)]
    fn opened(row: Option<Self>, event: &Opened, cx: &Recorded) -> Self {
        match row {
            Some(owner) => Owner {
                accounts: owner.accounts + 1,
                ..owner
            },
            None => Owner {
                name: event.owner.clone(),
                accounts: 1,
                since: cx.recorded_at(),
            },
        }
    }
}

/// A short lease, so that nobody waits long for a worker that is gone.
pub(crate) const LEASE: Duration = Duration::from_millis(600);

/// The app of the tests.
pub(crate) fn app(store: Store) -> App {
    App::new(store)
        .aggregate::<Account>()
        .aggregate::<Ledger>()
        .projection::<Balance>()
        .projection::<Activity>()
        .projection::<Owner>()
        .lease(LEASE)
}

/// The app, running on a fresh store.
pub(crate) async fn running(database: &Database) -> Running {
    let store = database.open(options()).await;
    app(store).start().await.expect("it starts")
}
