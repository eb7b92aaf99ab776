//! What is followed, what is built and what is folded are the same, whatever happens to workers.

use std::process::Stdio;
use std::time::Duration;

use annals::migrate::{self, Run, Verification};
use annals::{App, Append, Expected, NewEvent, Store};
use annals_tests::domain::{Account, Opened, Withdrawn, account, deposited};
use annals_tests::releases::{app, first, open, second};
use annals_tests::{Database, contract};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::runtime::Runtime;

use crate::models::{Entry, Funded, Owner};
use crate::same_as_live;

contract![processes_that_are_killed_lose_and_repeat_nothing];

const CASES: u32 = 8;
const TENANTS: [&str; 2] = ["", "acme"];
const OWNERS: [&str; 3] = ["ada", "bob", "eve"];

/// What happens, at random.
#[derive(Debug, Clone)]
enum Happening {
    /// Several writers append side by side, to streams of their own or to shared ones.
    Append(Vec<Written>),
    /// One more worker.
    Start,
    /// The worker that has been there longest gives back what it has.
    Stop,
    /// It is gone, in the middle of whatever it did.
    Kill,
}

/// An append of a few events to an account.
#[derive(Debug, Clone)]
struct Written {
    tenant: usize,
    account: u8,
    events: Vec<(u8, i64)>,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let events = vec((0..3_u8, 0..4_i64), 1..6);
    let written = (0..TENANTS.len(), 0..6_u8, events);
    let written = written.prop_map(|(tenant, account, events)| Written {
        tenant,
        account,
        events,
    });
    let happening = prop_oneof![
        4 => vec(written, 1..8).prop_map(Happening::Append),
        2 => Just(Happening::Start),
        1 => Just(Happening::Stop),
        2 => Just(Happening::Kill),
    ];
    vec(happening, 1..16)
}

fn all(store: Store) -> App {
    App::new(store)
        .aggregate::<Account>()
        .projection::<Owner>()
        .projection::<Entry>()
        .projection::<Funded>()
        .projection::<first::Balance>()
        .lease(Duration::from_millis(300))
}

/// A worker on a runtime of its own, which can be torn down whatever it does.
struct Worker {
    runtime: Runtime,
    running: annals::Running,
}

impl Worker {
    async fn start(url: String) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let running = runtime.spawn(async move {
            let store = Database::at(url).store().await;
            all(store).start().await.expect("it starts")
        });
        let running = running.await.expect("no panic");
        Worker { runtime, running }
    }

    async fn stop(self) {
        self.running.stop().await;
        self.runtime.shutdown_background();
    }

    fn kill(self) {
        self.runtime.shutdown_background();
        drop(self.running);
    }
}

async fn append(store: &Store, written: &Written) {
    let id = account(&written.account.to_string());
    // The first event of a stream opens it, so that there is a row.
    let owner = OWNERS[usize::from(written.account) % OWNERS.len()];
    let opened = || {
        NewEvent::of(&Opened {
            owner: owner.to_owned(),
        })
    };
    let first = Append::to(&id, Expected::NoStream, [opened()]);
    if let Err(error) = store.append(first).await {
        assert!(error.is_conflict(), "{error:?}");
    }
    let events = written.events.iter().map(|(kind, cents)| match kind {
        0 => NewEvent::of(&Withdrawn { cents: *cents }),
        1 => deposited(-cents),
        _ => deposited(*cents),
    });
    let append = Append::to(&id, Expected::Any, events.collect::<Vec<_>>());
    store.append(append).await.expect("stored");
}

async fn happens(database: &Database, happenings: &[Happening]) {
    let store = all(database.store().await).open().await.expect("it opens");
    let mut workers = vec![Worker::start(database.url().to_owned()).await];
    for happening in happenings {
        match happening {
            Happening::Append(list) => {
                let appends = list.iter().map(|written| {
                    let (store, written) = (store.tenant(TENANTS[written.tenant]), written.clone());
                    tokio::spawn(async move { append(&store, &written).await })
                });
                for append in appends.collect::<Vec<_>>() {
                    append.await.expect("appended");
                }
            }
            Happening::Start if workers.len() < 3 => {
                workers.push(Worker::start(database.url().to_owned()).await);
            }
            Happening::Stop if !workers.is_empty() => workers.remove(0).stop().await,
            Happening::Kill if !workers.is_empty() => workers.remove(0).kill(),
            Happening::Start | Happening::Stop | Happening::Kill => {}
        }
    }
    workers.push(Worker::start(database.url().to_owned()).await);
    let last = open(&store, "last", 1).await.expect("stored");
    settled::<Owner>(&store, &last).await;
    settled::<Entry>(&store, &last).await;
    settled::<Funded>(&store, &last).await;
    settled::<first::Balance>(&store, &last).await;
    same(&store).await;
    // The new version is built beside it, and the others anew in their places, while workers follow.
    let new = app::<second::Balance>(store.clone());
    let run = Run::new().verify(Verification::Full);
    let built = migrate::run(&new, run, &mut |_| {}).await;
    built.expect("it is what it should be");
    let new = new.open().await.expect("it opens");
    for tenant in TENANTS {
        same_as_live::<second::Balance>(&new.tenant(tenant)).await;
    }
    let again = all(database.store().await);
    for projection in ["owners", "entries", "funded"] {
        let rebuilt = migrate::rebuild(&again, projection, &mut |_| {}).await;
        rebuilt.expect("rebuilt");
    }
    let store = again.open().await.expect("it opens");
    same(&store).await;
    for worker in workers {
        worker.stop().await;
    }
}

async fn settled<P: annals::Projection>(store: &Store, last: &annals::Receipt) {
    let rows = store.read_model::<P>().after(last);
    let rows = rows.timeout(Duration::from_secs(30));
    rows.wait().await.expect("followed");
}

async fn same(store: &Store) {
    for tenant in TENANTS {
        let store = store.tenant(tenant);
        same_as_live::<Owner>(&store).await;
        same_as_live::<Entry>(&store).await;
        same_as_live::<Funded>(&store).await;
        same_as_live::<first::Balance>(&store).await;
    }
}

fn property(database: impl AsyncFn() -> Database) {
    let runtime = Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let ran = runner.run(&happenings(), |happenings| {
        runtime.block_on(async {
            let database = database().await;
            happens(&database, &happenings).await;
        });
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn followed_built_and_folded_are_the_same_in_postgres() {
    property(annals_tests::postgres);
}

#[test]
fn followed_built_and_folded_are_the_same_in_sqlite() {
    property(annals_tests::sqlite);
}

async fn processes_that_are_killed_lose_and_repeat_nothing(database: &Database) {
    let store = database.store().await;
    for _ in 0..4 {
        let mut serving = Command::new(env!("CARGO_BIN_EXE_release"))
            .args([database.url(), "serve"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let out = serving.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(out).lines();
        for _ in 0..30 {
            lines
                .next_line()
                .await
                .expect("readable")
                .expect("it goes on");
        }
        serving.kill().await.expect("it is killed");
    }
    // The leases of the last one have to run out.
    let running = app::<first::Balance>(store)
        .start()
        .await
        .expect("it starts");
    let last = open(running.store(), "last", 1).await.expect("stored");
    settled::<first::Balance>(running.store(), &last).await;
    same_as_live::<first::Balance>(running.store()).await;
    running.stop().await;
}
