//! Commands and loads.

use annals::{Append, CommandError, Expected, Store, StreamId};
use peers_protocol::{Account as Number, Entry, Ledger};

use crate::domain::{Account, Kept, Withdraw, new_event};

#[derive(Clone)]
pub(crate) struct Books {
    store: Store,
}

impl Books {
    pub(crate) fn new(store: &Store) -> Self {
        Books {
            store: store.clone(),
        }
    }

    pub(crate) async fn load_with_snapshot(self) -> (usize, i64) {
        let id = Number::long_with_snapshot().to_string();
        let loaded = self.store.aggregate::<Kept>(id).load().await;
        let loaded = loaded.expect("the account is read");
        (loaded.version().get() as usize, loaded.balance)
    }
}

impl Ledger for Books {
    async fn withdraw(&self, account: Number, note: String) -> u64 {
        let account = self.store.aggregate::<Account>(account.to_string());
        let mut failed = 0;
        loop {
            // Decided again by annals itself where another writer was faster; what is counted are commands that came back.
            let note = note.clone();
            match account.execute(Withdraw { amount: 1, note }).await {
                Ok(_) => return failed,
                Err(CommandError::Store(error)) if error.is_conflict() => failed += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn load(&self, account: Number) -> (usize, i64) {
        let account = self.store.aggregate::<Account>(account.to_string());
        let loaded = account.load().await.expect("the account is read");
        (loaded.version().get() as usize, loaded.balance)
    }

    async fn open(&self, account: Number, entries: Vec<Entry>) {
        let stream = StreamId::new("account", account);
        let events = entries.into_iter().map(new_event);
        let append = Append::to(&stream, Expected::NoStream, events);
        let appended = self.store.append(append).await;
        appended.expect("the account is new");
    }
}
