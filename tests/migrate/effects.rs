//! Effects happen once for each event, whatever versions there are and were.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use annals::migrate::{self, Run};
use annals::{App, Running, Store};
use annals_tests::domain::Account;
use annals_tests::releases::{deposit, open};
use annals_tests::{Database, contract};

use crate::{leased_for_ever, until};

contract![
    history_has_no_effects,
    each_event_has_its_effect_once_over_both_versions,
    a_rollback_by_the_new_release_repeats_nothing,
    partitions_that_are_ahead_of_others_hand_over_where_they_are,
];

/// Which version has had an effect, and for what position.
type Sent = Arc<Mutex<Vec<(u32, u64)>>>;

macro_rules! mailers {
    ($($name:ident $version:literal in $partitions:literal),+) => {
        $(struct $name {
            sent: Sent,
        }

        #[annals::projection(name = "mails", version = $version, partitions = $partitions)]
        impl $name {
            #[effect]
            async fn deposited(
                &self,
                _: &annals_tests::domain::Deposited,
                cx: &annals::Recorded,
            ) -> Result<(), std::convert::Infallible> {
                let mut sent = self.sent.lock().expect("a list");
                sent.push(($version, cx.position().get()));
                Ok(())
            }

            async fn opened(
                &self,
                _: &annals_tests::domain::Opened,
                _: &annals::Recorded,
            ) -> Result<(), std::convert::Infallible> {
                Ok(())
            }
        })+
    };
}

mailers![First 1 in 4, Second 2 in 4, Third 3 in 2];

fn first(store: &Store, sent: &Sent) -> App {
    let handler = First {
        sent: Arc::clone(sent),
    };
    app(store).handler(handler)
}

fn second(store: &Store, sent: &Sent) -> App {
    let handler = Second {
        sent: Arc::clone(sent),
    };
    app(store).handler(handler)
}

fn app(store: &Store) -> App {
    App::new(store.clone())
        .aggregate::<Account>()
        .lease(Duration::from_millis(600))
}

async fn start(app: &App) -> Running {
    app.start().await.expect("it starts")
}

async fn run(app: &App) {
    let run = migrate::run(app, Run::new(), &mut |_| {}).await;
    run.expect("it is built");
}

/// How often each version has had an effect for each position.
fn counted(sent: &Sent) -> BTreeMap<u64, Vec<u32>> {
    let mut counted = BTreeMap::<_, Vec<_>>::new();
    for (version, position) in sent.lock().expect("a list").iter() {
        counted.entry(*position).or_default().push(*version);
    }
    counted
}

/// The deposits from a position on have had their effect, each once.
async fn once(database: &Database, sent: &Sent, after: u64) {
    let deposits = format!(
        "select count(*) from {{events}} where event_type = 'money.deposited' and position > {after}"
    );
    until("an effect for each deposit", async || {
        let deposits = database.number(&deposits).await;
        let done = counted(sent).len();
        (i64::try_from(done) == Ok(deposits)).then_some(())
    })
    .await;
    let counted = counted(sent);
    let twice: Vec<_> = counted.iter().filter(|(_, by)| by.len() > 1).collect();
    assert!(twice.is_empty(), "more than once: {twice:?}");
    assert!(
        counted.keys().all(|position| *position > after),
        "of the past"
    );
}

async fn history_has_no_effects(database: &Database) {
    let (store, sent) = (database.store().await, Sent::default());
    open(&store, "1", 1).await.expect("stored");
    let running = start(&first(&store, &sent)).await;
    deposit(&store, "1", 1).await.expect("stored");
    once(database, &sent, 2).await;
    running.stop().await;
    let new = second(&store, &sent);
    run(&new).await;
    let running = start(&new).await;
    deposit(&store, "1", 1).await.expect("stored");
    once(database, &sent, 2).await;
    running.stop().await;
    let by: Vec<_> = counted(&sent).into_values().flatten().collect();
    assert_eq!(by, [1, 2]);
}

async fn each_event_has_its_effect_once_over_both_versions(database: &Database) {
    let (store, sent) = (database.store().await, Sent::default());
    let old = first(&store, &sent);
    let running_old = start(&old).await;
    // All the time, into accounts of all partitions.
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for round in 0_u32.. {
                let account = (round % 7).to_string();
                deposit(&store, &account, 1).await.expect("stored");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    });
    let some_of = async |version| {
        until("an effect", async || {
            let sent = sent.lock().expect("a list");
            let by = sent.iter().filter(|(by, _)| *by == version);
            (by.count() > 20).then_some(())
        })
        .await;
    };
    some_of(1).await;
    let new = second(&store, &sent);
    run(&new).await;
    let running_new = start(&new).await;
    some_of(2).await;
    let before = sent.lock().expect("a list").len();
    assert_eq!(
        migrate::rollback(&old, "mails", None)
            .await
            .expect("rolled back"),
        1
    );
    until("the old version again", async || {
        let sent = sent.lock().expect("a list");
        sent[before..].iter().any(|(by, _)| *by == 1).then_some(())
    })
    .await;
    // And forth again, as the next roll-out would.
    run(&new).await;
    let before = sent.lock().expect("a list").len();
    until("the new version again", async || {
        let sent = sent.lock().expect("a list");
        sent[before..].iter().any(|(by, _)| *by == 2).then_some(())
    })
    .await;
    writer.abort();
    let _ = writer.await;
    once(database, &sent, 0).await;
    running_old.stop().await;
    running_new.stop().await;
}

/// It does not declare the version to which it returns, and that one acts all the same, and alone.
async fn a_rollback_by_the_new_release_repeats_nothing(database: &Database) {
    let (store, sent) = (database.store().await, Sent::default());
    let (old, new) = (first(&store, &sent), second(&store, &sent));
    let running = start(&old).await;
    deposit(&store, "1", 1).await.expect("stored");
    once(database, &sent, 0).await;
    running.stop().await;
    run(&new).await;
    assert_eq!(
        migrate::rollback(&new, "mails", None)
            .await
            .expect("rolled back"),
        1
    );
    let running = [start(&new).await, start(&old).await];
    for account in 0..20 {
        deposit(&store, &account.to_string(), 1)
            .await
            .expect("stored");
    }
    once(database, &sent, 0).await;
    for running in running {
        running.stop().await;
    }
    once(database, &sent, 0).await;
    let by: Vec<_> = counted(&sent).into_values().flatten().collect();
    assert!(by.iter().all(|by| *by == 1), "{by:?}");
}

/// Of the old release three partitions are ahead of the first one, whose worker is gone.
async fn partitions_that_are_ahead_of_others_hand_over_where_they_are(database: &Database) {
    let (store, sent) = (database.store().await, Sent::default());
    let old = first(&store, &sent);
    start(&old).await.stop().await;
    leased_for_ever(database, "partition = 0").await;
    let running = start(&old).await;
    for account in 0..40 {
        deposit(&store, &account.to_string(), 1)
            .await
            .expect("stored");
    }
    until("the other partitions", async || {
        let ahead = "select count(*) from {partitions} where checkpoint = 40";
        (database.number(ahead).await == 3).then_some(())
    })
    .await;
    running.stop().await;
    let done = counted(&sent).len();
    assert!((1..40).contains(&done), "{done}");
    // With another number of partitions it cannot be said which events have had their effects.
    let third = app(&store).handler(Third {
        sent: Arc::clone(&sent),
    });
    let error = migrate::run(&third, Run::new(), &mut |_| {}).await;
    let error = error.expect_err("it is refused");
    assert!(
        error
            .to_string()
            .contains("to position 0, and another one to position 40"),
        "{error}"
    );
    let new = second(&store, &sent);
    run(&new).await;
    let running = start(&new).await;
    once(database, &sent, 0).await;
    let by: Vec<_> = counted(&sent).into_values().flatten().collect();
    assert_eq!(by.iter().filter(|by| **by == 1).count(), done);
    running.stop().await;
}
