//! Histories at random: what is exported and imported loads as what it was, on every way between the stores.

use annals::transfer::replay;
use annals::{Append, Expected, Metadata, NewEvent, Store};
use annals_tests::Database;
use annals_tests::domain::{Account, Deposited, Opened, Withdrawn, account};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::{app, events, exported, imported, kept};

const CASES: u32 = 24;

#[derive(Debug, Clone)]
enum Said {
    Opened(String),
    Deposited(i64),
    Withdrawn(i64),
}

/// Which stream, what happened, and who caused it.
type Step = (usize, Said, Option<String>);

fn history() -> impl Strategy<Value = Vec<Step>> {
    let said = prop_oneof![
        any::<String>().prop_map(|owner| Said::Opened(owner.replace('\0', ""))),
        any::<i32>().prop_map(|cents| Said::Deposited(cents.into())),
        any::<i32>().prop_map(|cents| Said::Withdrawn(cents.into())),
    ];
    let cause = proptest::option::of("[a-z\"\\\\\u{e9}]{0,8}");
    proptest::collection::vec((0..3_usize, said, cause), 0..40)
}

fn event((_, said, cause): &Step) -> NewEvent {
    let event = match said.clone() {
        Said::Opened(owner) => NewEvent::of(&Opened { owner }),
        Said::Deposited(cents) => NewEvent::of(&Deposited { cents }),
        Said::Withdrawn(cents) => NewEvent::of(&Withdrawn { cents }),
    };
    match cause {
        Some(cause) => event.metadata(
            Metadata::new()
                .with_correlation(cause)
                .with("by", cause.as_str()),
        ),
        None => event,
    }
}

async fn states(store: &Store) -> Vec<(u64, Account)> {
    let mut states = Vec::new();
    for id in 0..3 {
        let loaded = store
            .aggregate::<Account>(&id.to_string())
            .load()
            .await
            .expect("loads");
        states.push((loaded.version().get(), loaded.into_state()));
    }
    states
}

async fn one_case(source: &Store, targets: &[Store; 2], history: &[Step]) {
    for step in history {
        let append = Append::to(&account(&step.0.to_string()), Expected::Any, [event(step)]);
        source.append(append).await.expect("stored");
    }
    let text = exported(source).await;
    let app = app(source);
    for target in targets {
        let told = imported(target, &text).await.expect("imported");
        assert_eq!(told.stored, history.len() as u64);
        assert_eq!(states(target).await, states(source).await);
        assert_eq!(kept(&events(target).await), kept(&events(source).await));
        assert_eq!(exported(target).await, text);
        let tenant = source.tenant_name().to_owned();
        let told = replay(&app, source)
            .tenant(tenant)
            .run(target)
            .await
            .expect("the same");
        assert_eq!((told.events, told.stored), (history.len() as u64, 0));
    }
}

fn loads_are_equal(source: impl Future<Output = Database>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (source, [postgres, sqlite]) =
        runtime.block_on(async { (source.await, crate::both().await) });
    let (source, targets) = runtime.block_on(async {
        let targets = [postgres.store().await, sqlite.store().await];
        (source.store().await, targets)
    });
    let case = std::cell::Cell::new(0);
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&history(), |history| {
            case.set(case.get() + 1);
            let tenant = format!("case-{}", case.get());
            let targets = targets.each_ref().map(|target| target.tenant(&tenant));
            runtime.block_on(one_case(&source.tenant(&tenant), &targets, &history));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn loads_are_equal_from_postgresql() {
    loads_are_equal(annals_tests::postgres());
}

#[test]
fn loads_are_equal_from_sqlite() {
    loads_are_equal(annals_tests::sqlite());
}
