//! Commands and loads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventually::Repository;
use eventually::aggregate::AggregateRootBuilder;
use eventually::versioning::Versioned;
use eventually_postgres::{EventStore, EventStoreBuilder};
use peers_protocol::{Account as Number, Entry, Ledger};
use tokio_postgres::{Client, NoTls};

use crate::Failure;
use crate::domain::{Account, AccountCommand};

pub(crate) type Store = EventStore<String, Entry>;
type Accounts = Repository<Account, Store>;

/// One store for each connection: a store has a single one.
#[derive(Clone)]
pub(crate) struct Books {
    accounts: Arc<Vec<Accounts>>,
    next: Arc<AtomicUsize>,
}

pub(crate) async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

pub(crate) async fn store(url: &str) -> Result<Store, Failure> {
    let mut client = connect(url).await?;
    let builder = EventStoreBuilder::migrate_database(&mut client).await?;
    Ok(builder.builder(Arc::new(client)).build("account").await?)
}

impl Books {
    pub(crate) async fn open(url: &str, connections: u32) -> Result<Self, Failure> {
        let mut accounts = Vec::new();
        for _ in 0..connections {
            let root = AggregateRootBuilder::from(Account);
            accounts.push(Repository::new(root, store(url).await?));
        }
        Ok(Books {
            accounts: Arc::new(accounts),
            next: Arc::default(),
        })
    }

    /// The connections take turns.
    fn accounts(&self) -> Accounts {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.accounts[next % self.accounts.len()].clone()
    }
}

impl Ledger for Books {
    async fn withdraw(&self, account: Number, note: String) -> u64 {
        let (mut accounts, mut conflicts) = (self.accounts(), 0);
        loop {
            let loaded = accounts.get(account.to_string()).await;
            let mut root = loaded.expect("the account is read");
            let note = note.clone();
            let command = AccountCommand::Withdraw { amount: 1, note };
            root.handle(command).await.expect("the account can pay");
            match accounts.add(root).await {
                Ok(_) => return conflicts,
                Err(error) => {
                    let told = format!("{error:?}");
                    let is_conflict =
                        told.contains("invalid aggregate version") || told.contains("23505");
                    assert!(is_conflict, "{told}");
                    conflicts += 1;
                }
            }
        }
    }

    async fn load(&self, account: Number) -> (usize, i64) {
        let loaded = self.accounts().get(account.to_string()).await;
        let root = loaded.expect("the account is read");
        (root.version() as usize, *root.state())
    }

    async fn open(&self, account: Number, entries: Vec<Entry>) {
        let mut accounts = self.accounts();
        let loaded = accounts.get(account.to_string()).await;
        let mut root = loaded.expect("the account is read");
        root.handle(AccountCommand::Record(entries))
            .await
            .expect("it is allowed");
        accounts.add(root).await.expect("the account is new");
    }
}
