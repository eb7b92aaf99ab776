//! Where facts are kept.

mod address;
pub(crate) mod appends;
mod backend;
pub(crate) mod copy;
pub(crate) mod feed;
pub(crate) mod finding;
mod holes;
mod illegible;
mod lanes;
pub(crate) mod looks;
mod migration;
pub(crate) mod names;
mod news;
mod options;
mod postgres;
pub(crate) mod processes;
pub(crate) mod projections;
mod reader;
pub(crate) mod row;
mod sqlite;
mod stream_list;
pub(crate) mod stream_row;
pub(crate) mod survey;
mod table;
mod turns;
mod tx;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

pub(crate) use address::Database;
use appends::Appends;
pub(crate) use backend::Backend;
use copy::{Copied, Refused};
use lanes::Lanes;
pub(crate) use news::{Heard, News};
pub use options::StoreOptions;
pub use reader::StreamReader;
pub use stream_list::StreamList;
pub(crate) use turns::{Turn, Turns};
pub use tx::Tx;

use crate::append::{Append, CommandKey, Group, Limits, Receipt, check_name, check_tenant};
use crate::error::{Error, ErrorKind};
use crate::projection::Registered;
use crate::root::Warm;
use crate::stream::StreamId;
use crate::telemetry;

/// A store of events, in PostgreSQL or in a SQLite file.
///
/// Cheap to clone: clones share their connections. A store belongs to one tenant, see [`Store::tenant`].
///
/// Dropping a future of the store, by a timeout for example, leaves open whether what it was storing is stored. Repeat
/// the call with the same event ids or command key to find out.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    tenant: Arc<str>,
}

pub(crate) struct Inner {
    pub(crate) backend: Arc<Backend>,
    pub(crate) appends: Arc<Lanes<Appends>>,
    pub(crate) options: StoreOptions,
    pub(crate) limits: Limits,
    pub(crate) news: News,
    turns: Turns,
    /// The states that commands left behind.
    pub(crate) warm: Warm,
    /// The projections of the app that opened the store.
    registered: RwLock<Arc<Registered>>,
    /// What is done behind an answer.
    pub(crate) behind: TaskTracker,
    /// What goes on as long as the store is open.
    beside: Mutex<JoinSet<()>>,
}

impl Store {
    /// Opens the store at an address: `sqlite://bank.db`, `sqlite::memory:` or `postgres://user@host/database`.
    ///
    /// A SQLite file is made where it is missing, and its tables too. The tables in PostgreSQL are made by
    /// [`Store::migrate`].
    ///
    /// Behind the `?` of the address of a file may stand `mode`, `cache` and `immutable`, as in
    /// [those of SQLite](https://www.sqlite.org/uri.html): with `mode=rw` a file that is missing is not made. No other
    /// `vfs` can be chosen, as there are some that lock no file, or write none. The settings of an address of PostgreSQL
    /// are those of [sqlx](https://docs.rs/sqlx/0.9/sqlx/postgres/struct.PgConnectOptions.html).
    ///
    /// # Errors
    /// Where the address is wrong, the database cannot be reached or does not let us in, or its tables are not those of
    /// this release.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Self::options().connect(url).await
    }

    /// Makes the tables at an address, or brings those of an older release up to this one. Answers the names of the
    /// migrations that were run; none where all had been.
    ///
    /// # Errors
    /// Where the database cannot be reached or refuses, or was migrated by a newer release.
    pub async fn migrate(url: &str) -> Result<Vec<String>, Error> {
        Self::options().migrate(url).await
    }

    /// The options with which a store can be opened.
    pub fn options() -> StoreOptions {
        StoreOptions::default()
    }

    pub(crate) fn new(backend: Backend, options: StoreOptions) -> Self {
        let limits = Limits {
            payload_bytes: options.payload_bytes,
            refuse_nul: backend.is_jsonb(),
            verify_events: options.verify_events,
            drafts: options.drafts.unwrap_or(!backend.is_postgres()),
        };
        let backend = Arc::new(backend);
        let inner = Inner {
            appends: Appends::new(Arc::clone(&backend)),
            backend,
            warm: Warm::of(options.warm_bytes),
            options,
            limits,
            news: News::default(),
            turns: Turns::default(),
            registered: RwLock::default(),
            behind: TaskTracker::new(),
            beside: Mutex::default(),
        };
        Store {
            inner: Arc::new(inner),
            tenant: "".into(),
        }
    }

    /// The same store for a tenant: it sees and writes nothing else. The store that was connected is that of the tenant
    /// with the empty name.
    ///
    /// A name with the character NUL in it, or of more than 500 bytes, is refused when the store is used.
    #[must_use]
    pub fn tenant(&self, tenant: &str) -> Self {
        Store {
            inner: Arc::clone(&self.inner),
            tenant: tenant.into(),
        }
    }

    /// The tenant whose store it is.
    #[must_use]
    pub fn tenant_name(&self) -> &str {
        &self.tenant
    }

    pub(crate) fn shared_tenant(&self) -> Arc<str> {
        Arc::clone(&self.tenant)
    }

    /// Reads a stream as it lies in the database.
    pub fn stream(&self, stream: &StreamId) -> StreamReader {
        StreamReader::new(self.clone(), stream.clone())
    }

    /// Lists the streams of an aggregate, by name.
    pub fn streams(&self, aggregate: &str) -> StreamList {
        StreamList::new(self.clone(), aggregate)
    }

    /// Appends to one stream or several: all of it or nothing.
    ///
    /// An append that is repeated with the same event ids, at the versions where they already stand, is a success, stores
    /// nothing, and gives the receipt of the first time. It shows by an expectation that does not hold any more: what is
    /// appended under [`Expected::Any`] or [`Expected::Exists`] is stored again, unless another stream of the append shows it.
    ///
    /// [`Expected::Any`]: crate::Expected::Any
    /// [`Expected::Exists`]: crate::Expected::Exists
    ///
    /// # Errors
    /// Where a stream is not as expected ([`Error::is_conflict`]), an event cannot be stored, or the database fails.
    pub async fn append(&self, append: Append) -> Result<Receipt, Error> {
        let group = self.group(append)?;
        self.append_group(group).await
    }

    /// As [`Store::append`], once for each key of the first stream: where the key is there, it is a conflict without a stream that
    /// was not as expected.
    pub(crate) async fn append_keyed(&self, append: Append, key: String) -> Result<Receipt, Error> {
        let mut group = self.group(append)?;
        if let Some(head) = group.heads.first_mut() {
            let events = head.rows.len();
            head.keys.push(CommandKey {
                key,
                after: 0,
                events,
            });
        }
        self.append_group(group).await
    }

    /// Appends for many callers in few statements: appends that name the same stream go one after another. Each has its own answer,
    /// in order: one that loses takes nothing from the others.
    pub async fn append_many(&self, appends: Vec<Append>) -> Vec<Result<Receipt, Error>> {
        let groups = appends
            .into_iter()
            .map(|append| self.group(append))
            .collect();
        self.append_groups(groups).await
    }

    /// Appends in a transaction of the caller's. Nothing of it is to be seen until the caller commits.
    ///
    /// The transaction goes on whatever the answer is, and after an error nothing of this append is in it. There is one
    /// exception: SQLite ends a transaction by itself where the disk is full or broken. Where the answer is not awaited to its
    /// end (a timeout around it), the transaction cannot be committed any more.
    ///
    /// # Errors
    /// Those of [`Store::append`].
    pub async fn append_in(&self, tx: &mut Tx, append: Append) -> Result<Receipt, Error> {
        let group = self.group(append)?;
        if group.heads.is_empty() {
            return Ok(Receipt::of_nothing());
        }
        self.append_group_in(tx, &group).await
    }

    /// As [`Store::append_in`], for a group that was found fit.
    pub(crate) async fn append_group_in(
        &self,
        tx: &mut Tx,
        group: &Group,
    ) -> Result<Receipt, Error> {
        tx.is_torn = true;
        let answer = self.append_with_rows(tx, group).await;
        tx.is_torn = false;
        let receipt = answer?;
        tx.news = Some(self.inner.news.clone());
        Ok(receipt)
    }

    /// Appends, and lets inline projections follow: both or neither.
    async fn append_with_rows(&self, tx: &mut Tx, group: &Group) -> Result<Receipt, Error> {
        let registered = self.registered();
        if registered.inline.is_empty() {
            return self.inner.backend.append_in(tx, group).await;
        }
        let savepoint = tx.savepoint().await?;
        let answer = self.append_followed(tx, group, &registered).await;
        match answer {
            Ok(_) => tx.release(&savepoint).await?,
            // Where that fails, the whole transaction is gone.
            Err(_) => drop(tx.roll_back_to(savepoint).await),
        }
        answer
    }

    async fn append_followed(
        &self,
        tx: &mut Tx,
        group: &Group,
        registered: &Registered,
    ) -> Result<Receipt, Error> {
        let backend = &self.inner.backend;
        let receipt = backend.append_in(tx, group).await?;
        if receipt.repeated {
            return Ok(receipt);
        }
        for inline in &registered.inline {
            let streams = inline.concerned(group);
            if !streams.is_empty() {
                inline.appended(self, tx, &self.tenant, &streams).await?;
            }
        }
        Ok(receipt)
    }

    /// Begins a transaction for [`Store::append_in`] and for the caller's own tables.
    ///
    /// On SQLite it is the one that may write: other appends wait until it ends.
    ///
    /// # Errors
    /// Where no connection is to be had.
    pub async fn begin(&self) -> Result<Tx, Error> {
        self.check_writable()?;
        self.inner.backend.begin().await
    }

    /// Starts what goes on as long as the store is open.
    fn start(&self) {
        let Inner { options, .. } = &*self.inner;
        if !options.notify {
            return;
        }
        let mut beside = self.beside();
        let (backend, news) = (Arc::clone(&self.inner.backend), self.inner.news.clone());
        beside.spawn(async move { backend.listen(news).await });
        if !options.read_only {
            let (backend, news) = (Arc::clone(&self.inner.backend), self.inner.news.clone());
            beside.spawn(async move { backend.announce_all(news).await });
        }
    }

    fn beside(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        let beside = &self.inner.beside;
        beside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finishes what is being done behind answers, like the writing of snapshots, and closes the connections.
    pub async fn close(&self) {
        self.inner.behind.close();
        self.inner.behind.wait().await;
        self.beside().abort_all();
        self.inner.backend.close().await;
    }

    /// # Errors
    /// Where the store was opened for reading alone.
    pub(crate) fn check_writable(&self) -> Result<(), Error> {
        if !self.inner.options.read_only {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ReadOnly,
            "the store was opened for reading alone",
        )
        .with_hint("connect without `read_only()`"))
    }

    fn group(&self, append: Append) -> Result<Group, Error> {
        self.check_writable()?;
        check_tenant(&self.tenant)?;
        Group::of(Arc::clone(&self.tenant), append, &self.inner.limits)
    }

    /// The tenant, where it and the stream can be asked for.
    pub(crate) fn checked(&self, stream: &StreamId) -> Result<&Arc<str>, Error> {
        check_tenant(&self.tenant)?;
        check_name(stream)?;
        Ok(&self.tenant)
    }

    /// Waits until no other command of this process is being decided on the stream.
    ///
    /// # Errors
    /// Where that takes longer than a lock is waited for: who has the turn waits for one.
    pub(crate) async fn turn(&self, stream: &StreamId) -> Result<Turn, Error> {
        let patience = self.inner.options.lock_timeout;
        tokio::time::timeout(patience, self.inner.turns.take(&self.tenant, stream))
            .await
            .map_err(|_| {
                let held =
                    format!("other commands on stream `{stream}` took longer than {patience:?}");
                Error::new(ErrorKind::Busy, held).with_hint(
                    "look for a transaction that holds the stream, and keep transactions short",
                )
            })
    }

    pub(crate) async fn append_group(&self, group: Group) -> Result<Receipt, Error> {
        let mut answers = self.append_groups(vec![Ok(group)]).await;
        answers.pop().unwrap_or_else(|| Ok(Receipt::of_nothing()))
    }

    /// Stores events as they were recorded elsewhere, those that do not stand yet: all of them or none. Answers how many.
    pub(crate) async fn copy(&self, copied: &[Copied]) -> Result<usize, Refused> {
        self.check_writable()?;
        check_tenant(&self.tenant)?;
        let stored = self.inner.backend.copy(&self.tenant, copied).await?;
        if stored > 0 {
            self.inner.news.appended();
            telemetry::copied(stored);
        }
        Ok(stored)
    }

    async fn append_groups(
        &self,
        groups: Vec<Result<Group, Error>>,
    ) -> Vec<Result<Receipt, Error>> {
        let answers = match self.registered().inline.is_empty() {
            true => self.inner.appends.append_all(groups).await,
            false => self.append_each_with_rows(groups).await,
        };
        if answers.iter().any(Result::is_ok) {
            self.inner.news.appended();
        }
        answers
    }
}

impl Store {
    /// Appends group by group, each with the rows of inline projections.
    async fn append_each_with_rows(
        &self,
        groups: Vec<Result<Group, Error>>,
    ) -> Vec<Result<Receipt, Error>> {
        let mut answers = Vec::with_capacity(groups.len());
        for group in groups {
            answers.push(match group {
                Ok(group) => self.append_one_with_rows(&group).await,
                Err(error) => Err(error),
            });
        }
        telemetry::appended(&answers);
        answers
    }

    async fn append_one_with_rows(&self, group: &Group) -> Result<Receipt, Error> {
        if group.heads.is_empty() {
            return Ok(Receipt::of_nothing());
        }
        let mut tx = self.inner.backend.begin().await?;
        let receipt = self.append_with_rows(&mut tx, group).await?;
        tx.commit().await?;
        Ok(receipt)
    }

    /// Makes projections known, in place of those that were.
    pub(crate) fn register(&self, registered: Registered) {
        let place = self.inner.registered.write();
        *place.unwrap_or_else(PoisonError::into_inner) = Arc::new(registered);
    }

    /// The projections that were made known.
    pub(crate) fn registered(&self) -> Arc<Registered> {
        let registered = &self.inner.registered;
        Arc::clone(&registered.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
