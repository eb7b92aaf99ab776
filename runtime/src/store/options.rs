use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Backend, Database, Store};
use crate::clock::{Clock, SystemClock};
use crate::error::Error;

/// How a store is opened. The defaults suit a service.
///
/// ```
/// # async fn doc() -> Result<(), annals::Error> {
/// let options = annals::Store::options().max_connections(20).command_attempts(3);
/// let store = options.connect("postgres://bank@db/bank").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until they connect"]
pub struct StoreOptions {
    pub(crate) max_connections: u32,
    pub(crate) schema: String,
    pub(crate) payload_bytes: usize,
    pub(crate) warm_bytes: usize,
    pub(crate) command_attempts: u32,
    pub(crate) lock_timeout: Duration,
    pub(crate) read_only: bool,
    pub(crate) jsonb: bool,
    pub(crate) verify_events: bool,
    /// `None` where nothing was said: the database decides.
    pub(crate) drafts: Option<bool>,
    pub(crate) notify: bool,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        StoreOptions {
            max_connections: 10,
            schema: "annals".to_owned(),
            payload_bytes: 1 << 20,
            warm_bytes: 64 << 20,
            command_attempts: 10,
            lock_timeout: Duration::from_secs(10),
            read_only: false,
            jsonb: false,
            verify_events: false,
            drafts: None,
            notify: false,
            clock: Arc::new(SystemClock),
        }
    }
}

impl StoreOptions {
    /// How many connections are opened at most. Default: 10. On PostgreSQL, where there may be eight or more, up to four are kept
    /// for commands as long as these come. A SQLite file has so many that read, and one that writes; in memory there is one.
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// The schema of the tables in PostgreSQL: up to 63 lowercase letters, digits and underscores. Default: `annals`.
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = schema.into();
        self
    }

    /// How large the JSON of an event may be, in bytes. Default: 1 MiB.
    pub fn payload_limit(mut self, bytes: usize) -> Self {
        self.payload_bytes = bytes;
        self
    }

    /// How many bytes of states are kept in memory, so that the next command on a stream need not load it; 0 for none. A state
    /// counts as much as the events and the snapshot that it was made of, and half a kibibyte. What was not used for longest
    /// goes first. Default: 64 MiB.
    ///
    /// Other programs may write to the same streams: an append is stored only where the stream is as this program left it, and
    /// a command that is to be refused loads first.
    pub fn warm_bytes(mut self, bytes: usize) -> Self {
        self.warm_bytes = bytes;
        self
    }

    /// How often a command is decided before a conflict with other writers is reported. Default: 10.
    pub fn command_attempts(mut self, attempts: u32) -> Self {
        self.command_attempts = attempts.max(1);
        self
    }

    /// How long to wait for a stream that another transaction holds, from a millisecond to 24 days; on SQLite, where one transaction
    /// writes at a time, for the right to write. A connection is waited for 5 seconds longer. Default: 10 seconds.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout.clamp(
            Duration::from_millis(1),
            Duration::from_secs(24 * 24 * 60 * 60),
        );
        self
    }

    /// Opens the store for reading alone: a standby server, a file without the right to write it. Default: no.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// When PostgreSQL is migrated, payloads are kept as `jsonb` instead of `json`: they can be indexed, and are slower
    /// to read. A store that is connected to finds out by itself. Default: `json`.
    pub fn jsonb(mut self) -> Self {
        self.jsonb = true;
        self
    }

    /// Reads each event back before it is stored, and refuses one that does not come out equal. Costs about as much again
    /// as encoding it. Default: no, since [`testing`](crate::testing) does so already.
    pub fn verify_events(mut self) -> Self {
        self.verify_events = true;
        self
    }

    /// Whether events are stored in versions that are still drafts: not in the schema lock. A draft changes freely, so what
    /// was stored with it may not be readable tomorrow: allow it where the data can be thrown away. Events whose
    /// [`Event`](crate::Event) was implemented by hand are no drafts.
    ///
    /// Where they are not allowed, an append of one fails with [`ErrorKind::Draft`](crate::ErrorKind::Draft) before
    /// anything is written. Reading is not affected. Default: allowed on SQLite, refused on PostgreSQL.
    pub fn drafts(mut self, allowed: bool) -> Self {
        self.drafts = Some(allowed);
        self
    }

    /// On PostgreSQL, other processes are told by `NOTIFY` when this one has stored events, and this one listens to them, on
    /// one more connection: subscriptions are woken at once, and can [look](crate::Feed::poll) less often. Many appends are
    /// announced together, beside them. Default: no, subscriptions look from time to time.
    pub fn notify(mut self) -> Self {
        self.notify = true;
        self
    }

    /// The clock that decisions see, and that stamps the events in SQLite. Default: the system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Opens the store at an address: `sqlite://bank.db`, `sqlite::memory:` or `postgres://user@host/database`.
    ///
    /// A SQLite file is made where it is missing, and its tables too. The tables in PostgreSQL are made by
    /// [`StoreOptions::migrate`].
    ///
    /// # Errors
    /// Where the address is wrong, the database cannot be reached or does not let us in, or its tables are not those of
    /// this release.
    pub async fn connect(self, url: &str) -> Result<Store, Error> {
        let backend = Backend::connect(url, &self).await?;
        let store = Store::new(backend, self);
        store.start();
        Ok(store)
    }

    /// Makes the tables at an address, or brings those of an older release up to this one. Answers the names of the
    /// migrations that were run; none where all had been.
    ///
    /// # Errors
    /// Where the database cannot be reached or refuses, or was migrated by a newer release.
    pub async fn migrate(self, url: &str) -> Result<Vec<String>, Error> {
        Backend::migrate(url, &self).await
    }

    /// What [`StoreOptions::migrate`] runs on a new database, as SQL: for those whose administrator runs it.
    ///
    /// # Errors
    /// Where the address is of no database that annals knows.
    pub fn migration_sql(&self, url: &str) -> Result<String, Error> {
        Backend::migration_sql(Database::of(url)?, self)
    }

    /// The SQL that makes roles on PostgreSQL with as few rights as their work needs, for those whose administrator runs it, after
    /// each migration:
    ///
    /// | role | may |
    /// |---|---|
    /// | `annals_reader` | read streams, the feed and read models |
    /// | `annals_writer` | also append, send commands and take snapshots; it can change and delete no event |
    /// | `annals_projector` | read, follow the feed, and make and fill the tables of read models; it cannot append |
    /// | `annals_owner` | migrate; the tables of annals belong to it |
    ///
    /// The names begin with that of the schema. None of them can log in: they are given to users. A program that runs processes or
    /// inline projections needs the rights of both a writer and a projector.
    ///
    /// # Errors
    /// Where the address is one of SQLite, which knows no roles, or of no database that annals knows.
    pub fn roles_sql(&self, url: &str) -> Result<String, Error> {
        Backend::roles_sql(Database::of(url)?, self)
    }

    /// A little longer than a lock is waited for, so that who waits for a lock learns that it was one.
    pub(crate) fn acquire_timeout(&self) -> Duration {
        self.lock_timeout + Duration::from_secs(5)
    }
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}
