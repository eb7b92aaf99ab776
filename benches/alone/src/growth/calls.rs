//! The calls, in a store of some size. Each is for another account, and the accounts lie all over the store.

use std::time::{Duration, Instant};

use alone::accounts::{SHORT, account, balance, change, check, events};
use alone::domain::{Account, Withdraw};
use alone::filling::{extend, new_accounts};
use alone::places::Place;
use alone::seed::Seed;
use annals::{Append, Expected, Store, Version};

/// Accounts of which nothing is measured: they have connections opened and statements prepared.
const WARM_UP: u64 = 10;

/// What is measured. In this order: loads find an account as it was seeded, and so does a command.
#[derive(Clone, Copy)]
pub(crate) enum Call {
    Load,
    /// Of accounts whose pages were in use just before: what is left is no matter of caches.
    LoadAgain,
    Command,
    Append,
}

impl Call {
    pub(crate) const ALL: [Call; 4] = [Call::Load, Call::LoadAgain, Call::Command, Call::Append];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Call::Load => "load",
            Call::LoadAgain => "load again",
            Call::Command => "command",
            Call::Append => "append",
        }
    }
}

/// A store of some size.
pub(crate) struct Sized {
    place: Place,
    store: Store,
    seed: Seed,
}

impl Sized {
    pub(crate) async fn open(place: Place, seed: Seed) -> Self {
        let store = place.store().await;
        for id in new_accounts(&store, WARM_UP, SHORT).await {
            check(&store, &id, SHORT).await;
            withdraw(&store, &id).await;
            extend(&store, &account(&id), SHORT + 1, SHORT + 2).await;
        }
        Sized { place, store, seed }
    }

    /// The account of a call.
    fn id(&self, n: u64, calls: u64) -> String {
        (n * self.seed.accounts / calls).to_string()
    }

    pub(crate) async fn time(&self, call: Call, n: u64, calls: u64) -> Duration {
        let id = self.id(n, calls);
        match call {
            Call::Load | Call::LoadAgain => {
                let root = self.store.aggregate::<Account>(id);
                let begun = Instant::now();
                let loaded = root.load().await;
                let took = begun.elapsed();
                let loaded = loaded.expect("the account is read");
                assert_eq!(
                    (loaded.version().get(), loaded.balance),
                    (SHORT, balance(SHORT))
                );
                took
            }
            Call::Command => withdraw(&self.store, &id).await,
            Call::Append => {
                let expected = Expected::Exact(Version::new(SHORT + 1));
                let append = Append::to(&account(&id), expected, events(SHORT + 2..=SHORT + 2));
                let begun = Instant::now();
                let stored = self.store.append(append).await;
                let took = begun.elapsed();
                assert_eq!(
                    stored.expect("the event is stored").version().get(),
                    SHORT + 2
                );
                took
            }
        }
    }

    /// Fails where the store does not hold what every call said that it stored, and nothing else.
    pub(crate) async fn check(self, calls: u64) {
        for n in 0..calls {
            let id = self.id(n, calls);
            let loaded = self.store.aggregate::<Account>(id).load().await;
            let loaded = loaded.expect("the account is read");
            let due = balance(SHORT) - 1 + change(SHORT + 2);
            assert_eq!((loaded.version().get(), loaded.balance), (SHORT + 2, due));
        }
        let stored = self.place.database().events().await;
        let due = self.seed.events() + WARM_UP * (SHORT + 2) + 2 * calls;
        assert_eq!(stored, due.cast_signed(), "all events");
        self.store.close().await;
    }
}

/// A command on an account of which this process knows nothing.
async fn withdraw(store: &Store, id: &str) -> Duration {
    let root = store.aggregate::<Account>(id);
    let begun = Instant::now();
    let receipt = root.execute(Withdraw { cents: 1 }).await;
    let took = begun.elapsed();
    assert_eq!(
        receipt.expect("the command is accepted").version().get(),
        SHORT + 1
    );
    took
}
