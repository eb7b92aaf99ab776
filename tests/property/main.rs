//! Whatever is done to a store, it is what a plain list in memory is to which the same is done.

mod calls;
mod model;

use annals::{Append, AsOf, CommandError, Conflict, Error, NewEvent, Store, StreamId, Version};
use annals_tests::Database;
use annals_tests::domain::{Deposit, Deposited, Ledger, Refusal, Withdraw, ledger};
use proptest::test_runner::{Config, TestRunner};

use calls::{Call, Part, Range, Wanted, calls};
use model::{Model, Outcome};

const CASES: u32 = 64;
const STREAMS: usize = 3;

fn stream(n: usize) -> StreamId {
    ledger(&n.to_string())
}

/// A store, the model of it, and the last append that won.
struct Pair<'d> {
    database: &'d Database,
    tenant: String,
    store: Store,
    model: Model,
    last: Option<Append>,
}

impl Pair<'_> {
    async fn run(&mut self, call: &Call) {
        match call {
            Call::Append(parts) => self.append(parts).await,
            Call::Again => self.again().await,
            Call::Deposit(n, cents, key) => self.deposit(*n, *cents, *key).await,
            Call::Withdraw(n, cents, key) => self.withdraw(*n, *cents, *key).await,
            Call::Read(n, range) => self.read(*n, *range).await,
            Call::StateAt(n, version) => self.state_at(*n, *version).await,
            Call::Load(n) => self.load(*n).await,
            Call::Reopen => {
                self.store.close().await;
                self.store = self.database.store().await.tenant(&self.tenant);
            }
        }
    }

    async fn append(&mut self, parts: &[Part]) {
        let mut seen = Vec::new();
        let mut parts = parts.to_vec();
        // Each stream once.
        parts.retain(|part| {
            let is_new = !seen.contains(&part.stream);
            seen.push(part.stream);
            is_new
        });
        let mut append: Option<Append> = None;
        for part in &parts {
            let id = stream(part.stream);
            let expected = self.model.expected(part);
            let events: Vec<_> = part
                .amounts
                .iter()
                .map(|&cents| NewEvent::of(&Deposited { cents }))
                .collect();
            append = Some(match append {
                None => Append::to(&id, expected, events),
                Some(append) => append.and(&id, expected, events),
            });
        }
        let append = append.expect("at least one stream");
        let result = self.store.append(append.clone()).await;
        if parts.iter().all(|part| self.model.holds(part)) {
            let receipt = result.expect("everything is as expected");
            assert!(!receipt.is_repeated());
            for (part, told) in parts.iter().zip(receipt.streams()) {
                self.model.streams[part.stream].extend(&part.amounts);
                assert_eq!(told.stream(), &stream(part.stream));
                assert_eq!(told.version().get(), self.model.version(part.stream));
                assert_eq!(told.positions().len(), part.amounts.len());
            }
            // One that any state suits cannot be told from a new one.
            let is_told = parts
                .iter()
                .all(|it| matches!(it.expected, Wanted::Off(_) | Wanted::NoStream));
            let has_events = parts.iter().all(|part| !part.amounts.is_empty());
            self.last = (is_told && has_events).then_some(append);
        } else {
            let error = result.expect_err("something is not as expected");
            self.check(&error, &parts);
        }
    }

    /// The conflict tells of a stream that was indeed not as expected, and of its version.
    fn check(&self, error: &Error, parts: &[Part]) {
        let Conflict {
            stream: id, found, ..
        } = error.conflict().unwrap_or_else(|| panic!("{error:?}"));
        let part = parts.iter().find(|part| stream(part.stream) == *id);
        let part = part.unwrap_or_else(|| panic!("{id} was not asked for"));
        assert!(!self.model.holds(part), "{error:?}");
        assert_eq!(found.get(), self.model.version(part.stream));
    }

    async fn again(&mut self) {
        if let Some(append) = &self.last {
            let receipt = self.store.append(append.clone()).await;
            assert!(receipt.expect("a repetition").is_repeated());
        }
    }

    async fn deposit(&mut self, n: usize, cents: i64, key: Option<u8>) {
        let root = self.store.aggregate::<Ledger>(n.to_string());
        let call = root.execute(Deposit(cents));
        let result = match key {
            None => call.await,
            Some(key) => call.key(key.to_string()).await,
        };
        let expected = self.model.command(n, cents, key);
        compare(result, expected);
    }

    async fn withdraw(&mut self, n: usize, cents: i64, key: Option<u8>) {
        let root = self.store.aggregate::<Ledger>(n.to_string());
        let call = root.execute(Withdraw(cents));
        let result = match key {
            None => call.await,
            Some(key) => call.key(key.to_string()).await,
        };
        let expected = self.model.command(n, -cents, key);
        compare(result, expected);
    }

    async fn read(&self, n: usize, range: Range) {
        let id = stream(n);
        let reader = self.store.stream(&id);
        let reader = reader.from(Version::new(range.from.max(1)));
        let reader = reader.to(Version::new(range.to)).limit(range.limit);
        let reader = if range.backwards {
            reader.backwards()
        } else {
            reader
        };
        let events = reader.all().await.expect("readable");
        let read: Vec<_> = events
            .iter()
            .map(|event| {
                let deposit = event.decode::<Deposited>().expect("fits");
                let cents = match deposit {
                    Some(deposit) => deposit.cents,
                    None => -event.json::<Deposited>().expect("fits").cents,
                };
                (event.recorded().version().get(), cents)
            })
            .collect();
        let all = (1..).zip(self.model.streams[n].iter().copied());
        let mut expected: Vec<_> = all
            .filter(|(version, _)| (range.from..=range.to).contains(version))
            .collect();
        if range.backwards {
            expected.reverse();
        }
        expected.truncate(range.limit as usize);
        assert_eq!(read, expected);
    }

    async fn state_at(&self, n: usize, version: u64) {
        let root = self.store.aggregate::<Ledger>(n.to_string());
        let state = root.state_at(AsOf::version(Version::new(version))).await;
        assert_eq!(state.expect("a state"), self.model.state(n, version));
    }

    async fn load(&self, n: usize) {
        let root = self.store.aggregate::<Ledger>(n.to_string());
        let loaded = root.load().await.expect("loads");
        assert_eq!(loaded.version().get(), self.model.version(n));
        assert_eq!(*loaded, self.model.state(n, u64::MAX));
    }

    /// At the end: the same from memory, from snapshots, and from the events alone.
    async fn all_is_the_same(&mut self) {
        for n in 0..STREAMS {
            self.load(n).await;
        }
        self.run(&Call::Reopen).await;
        for n in 0..STREAMS {
            self.load(n).await;
            for version in 0..=self.model.version(n) {
                self.state_at(n, version).await;
            }
        }
        let tenant = &self.tenant;
        let gone = format!("DELETE FROM {{snapshots}} WHERE tenant = '{tenant}'");
        self.database.sql(&gone).await;
        for n in 0..STREAMS {
            self.load(n).await;
        }
    }
}

fn compare(
    result: Result<annals::Receipt, CommandError<Refusal>>,
    (expected, repeated): (Outcome, bool),
) {
    match (result, expected) {
        (Ok(receipt), Ok(version)) => {
            assert_eq!(receipt.version().get(), version);
            assert_eq!(receipt.is_repeated(), repeated);
        }
        (Err(CommandError::Rejected(Refusal::Insufficient { missing })), Err(expected)) => {
            assert_eq!(missing, expected);
        }
        (result, expected) => panic!("{result:?}, not {expected:?}"),
    }
}

fn is_what_the_model_is(database: impl Future<Output = Database>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let database = runtime.block_on(database);
    let mut case = 0;
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let calls_of_a_case = std::cell::RefCell::new(&mut case);
    TestRunner::new(config)
        .run(&calls(), |calls| {
            let tenant = {
                let mut case = calls_of_a_case.borrow_mut();
                **case += 1;
                format!("case-{}", **case)
            };
            runtime.block_on(async {
                let store = database.store().await.tenant(&tenant);
                let mut pair = Pair {
                    database: &database,
                    tenant,
                    store,
                    model: Model::default(),
                    last: None,
                };
                for call in &calls {
                    pair.run(call).await;
                }
                pair.all_is_the_same().await;
                pair.store.close().await;
            });
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn postgresql_is_what_a_list_is() {
    is_what_the_model_is(annals_tests::postgres());
}

#[test]
fn sqlite_is_what_a_list_is() {
    is_what_the_model_is(annals_tests::sqlite());
}
