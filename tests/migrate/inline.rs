//! Projections that change with each append.

use annals::migrate::{self, Run, Verification};
use annals::{App, ErrorKind, Store};
use annals_tests::domain::Account;
use annals_tests::releases::{deposit, open};
use annals_tests::{Database, contract};

use crate::same_as_live;

contract![
    an_inline_version_is_built_beside_an_inline_one,
    an_inline_version_is_not_rebuilt_in_place,
];

macro_rules! inline {
    ($($module:ident $version:literal times $factor:literal),+) => {
        $(mod $module {
            use annals::prelude::*;
            use annals_tests::domain::{Deposited, Opened};

            #[derive(ReadModel, Debug, Clone, PartialEq)]
            pub(super) struct Balance {
                #[key]
                pub(super) account: String,
                pub(super) cents: i64,
            }

            #[projection(name = "balances", version = $version, inline)]
            impl Balance {
                fn opened(_: &Opened, cx: &Recorded) -> Self {
                    Balance { account: cx.stream().id().to_owned(), cents: 0 }
                }

                fn deposited(&mut self, event: &Deposited) {
                    self.cents += event.cents * $factor;
                }
            }
        })+
    };
}

inline![old 1 times 1, new 2 times 100];

async fn old(database: &Database) -> App {
    app::<old::Balance>(database).await
}

async fn new(database: &Database) -> App {
    app::<new::Balance>(database).await
}

async fn app<P: annals::Projection>(database: &Database) -> App {
    App::new(database.store().await)
        .aggregate::<Account>()
        .projection::<P>()
}

fn writer(store: Store, first: u32) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        for round in first.. {
            let account = (round % 9).to_string();
            let appended = match round - first < 9 {
                true => open(&store, &format!("{first}-{account}"), 1).await,
                false => deposit(&store, &format!("{first}-{account}"), 1).await,
            };
            appended.expect("stored");
            tokio::time::sleep(std::time::Duration::from_millis(4)).await;
        }
    })
}

async fn an_inline_version_is_built_beside_an_inline_one(database: &Database) {
    let old_store = old(database).await.open().await.expect("it opens");
    for account in 0..50 {
        open(&old_store, &account.to_string(), 3)
            .await
            .expect("stored");
    }
    let of_old = writer(old_store.clone(), 0);
    let app = new(database).await;
    // It appends as well while its own version is being built.
    let early = app.open().await.expect("it opens");
    let run = Run::new().verify(Verification::Full);
    let outcomes = migrate::run(&app, run, &mut |_| {}).await;
    assert!(outcomes.expect("it is built")[0].is_shown);
    let of_early = writer(early.clone(), 1000);
    let running = new(database).await.start().await.expect("it starts");
    let of_new = writer(running.store().clone(), 2000);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    for writer in [of_old, of_early, of_new] {
        writer.abort();
        let _ = writer.await;
    }
    let last = deposit(&old_store, "1", 1).await.expect("stored");
    let rows = running.store().read_model::<new::Balance>();
    rows.after(&last).wait().await.expect("followed");
    same_as_live::<new::Balance>(running.store()).await;
    running.stop().await;
    // What the new release appended, the old one has not seen until it comes back.
    let back = old(database).await;
    assert_eq!(
        migrate::rollback(&back, "balances", None)
            .await
            .expect("rolled back"),
        1
    );
    let store = back.open().await.expect("it opens");
    same_as_live::<old::Balance>(&store).await;
    let receipt = deposit(&store, "1", 1).await.expect("stored");
    assert!(receipt.position().is_some());
    same_as_live::<old::Balance>(&store).await;
}

async fn an_inline_version_is_not_rebuilt_in_place(database: &Database) {
    let app = old(database).await;
    app.start().await.expect("it starts").stop().await;
    let rebuilt = migrate::rebuild(&app, "balances", &mut |_| {}).await;
    let error = rebuilt.expect_err("it is refused");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert!(
        error
            .to_string()
            .contains("`balances` cannot be built anew in place"),
        "{error}"
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("`version = 2`")),
        "{error:?}"
    );
}
