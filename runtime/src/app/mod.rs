//! What a program consists of.

mod current;
mod declared;
mod source;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use current::CurrentEvent;
pub(crate) use declared::{Declared, DeclaredAggregate, DeclaredKind};
pub use source::StoreSource;

use crate::aggregate::Aggregate;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Lineage};
use crate::manifest::{self, Older};
use crate::process::{self, Process};
use crate::projection::{self, Engine, EventHandler, Inline, LEASE, Projection, Running};
use crate::relay::inbox::{Inbox, Source};
use crate::relay::{Broker, Relay};
use crate::store::finding::Finding;
use crate::store::{Database, Store, StoreOptions};

/// What a program consists of: its store, its aggregates and its events, as an explicit list.
///
/// The functions of [`schema`](crate::schema) and the command line ([`cli`](crate::cli)) know what is on the list, and
/// nothing else.
///
/// ```
/// use annals::prelude::*;
///
/// #[derive(Event, Serialize, Deserialize)]
/// #[event("door.opened")]
/// struct Opened;
///
/// #[derive(Aggregate, Default)]
/// #[aggregate(name = "door", events(Opened))]
/// struct Door;
///
/// #[aggregate]
/// impl Door {
///     fn opened(&mut self, _: Opened) {}
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), annals::Error> {
/// let app = annals::App::new("sqlite::memory:").aggregate::<Door>();
/// let store = app.open().await?;
/// # let _ = store; Ok(()) }
/// ```
#[must_use = "an app does nothing until it is opened or handed to a command"]
pub struct App {
    source: StoreSource,
    options: Option<StoreOptions>,
    lock_folder: Option<PathBuf>,
    lease: Duration,
    declared: Declared,
}

impl App {
    /// A program without aggregates and events, on a store that is open or on the address of one.
    ///
    /// An address is connected to by [`App::open`], and not before: commands that only look at declarations run without
    /// a database.
    pub fn new(store: impl Into<StoreSource>) -> Self {
        App {
            source: store.into(),
            options: None,
            lock_folder: None,
            lease: LEASE,
            declared: Declared::default(),
        }
    }

    /// The options with which the store at the address is opened.
    pub fn options(mut self, options: StoreOptions) -> Self {
        self.options = Some(options);
        self
    }

    /// Adds an aggregate with every event that it reads. Adding it again changes nothing.
    pub fn aggregate<A: Aggregate>(mut self) -> Self {
        self.declared.add_aggregate::<A>();
        self
    }

    /// Adds an event that no aggregate reads, with its older versions. Adding it again changes nothing.
    pub fn event<E: Event>(mut self) -> Self {
        self.declared.add_event::<E>();
        self
    }

    /// Adds a projection: its rows are kept up to date where the app is started ([`App::start`]), and in the case of an inline
    /// one where the store of the app appends. Adding it again changes nothing.
    ///
    /// ```
    /// # fn doc<Account: annals::Aggregate, Balance: annals::Projection>() -> annals::App {
    /// annals::App::new("sqlite://bank.db").aggregate::<Account>().projection::<Balance>()
    /// # }
    /// ```
    pub fn projection<P: Projection>(mut self) -> Self {
        self.declared.add_projection::<P>();
        self
    }

    /// Adds a projection that writes by itself.
    pub fn handler<H: EventHandler>(mut self, handler: H) -> Self {
        self.declared.add_handler(handler);
        self
    }

    /// Adds a process, with what it stores: its instances react to events where the app is started ([`App::start`]). It begins
    /// with what happens after its first start. The aggregates to which it sends commands have to be added, too. Adding it
    /// again changes nothing.
    pub fn process<P: Process>(mut self) -> Self {
        self.declared.add_process::<P>();
        self
    }

    /// Adds a relay: events are published to its broker where the app is started ([`App::start`]). Each has a name of its own.
    pub fn relay<B: Broker>(mut self, relay: Relay<B>) -> Self {
        self.declared.add_relay(relay);
        self
    }

    /// Adds an inbox: what its messages ask for is done where the app is started ([`App::start`]). Each has a name of its own.
    pub fn inbox<S: Source>(mut self, inbox: Inbox<S>) -> Self {
        self.declared.add_inbox(inbox);
        self
    }

    /// For how long a partition of a projection belongs to a process that is not heard of any more, before another takes over;
    /// from 100 milliseconds on. Each process that runs the app should have the same. Default: 15 seconds.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(Duration::from_millis(100));
        self
    }

    /// Where the schema lock lies, where that is not the folder that the compiler saw: for a program that runs on another
    /// machine than it was built on, and for tests. It stands for the folders of all crates but those of dependencies.
    pub fn lock_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.lock_folder = Some(folder.into());
        self
    }

    /// Opens the store, and holds the released versions of all events against those that other releases stored there:
    /// a program that would misread what is stored, or whose events a release that may still run would misread, is refused
    /// before it writes. Drafts are no part of that.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) where the program does not go with what the database holds. Otherwise
    /// where two types are declared for one version of an event or for one aggregate, options were given for a store that
    /// is open already, or the store at the address cannot be opened (see [`StoreOptions::connect`]).
    pub async fn open(&self) -> Result<Store, Error> {
        let store = self.connect().await?;
        manifest::register(&store, self.lineages(), Older::MayRun).await?;
        let mut registered = self.declared.register()?;
        let inline = std::mem::take(&mut registered.inline);
        for inline in inline {
            if self.can_follow_inline(&store, &inline).await? {
                registered.inline.push(inline);
            }
        }
        store.register(registered);
        Ok(store)
    }

    /// Opens the store as [`App::open`] does, and follows the projections in the background until what it answers is stopped
    /// or dropped. Tables of projections that the database does not have yet are made.
    ///
    /// ```
    /// # async fn doc(app: annals::App) -> Result<(), annals::Error> {
    /// let running = app.start().await?;
    /// let store = running.store(); // commands, and rows that follow them
    /// # let _ = store;
    /// running.stop().await;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`App::open`]; [`ErrorKind::ReadModel`](crate::ErrorKind::ReadModel) where the database has another version of
    /// a projection, or the same version with other columns or handlers: `migrate run` builds the new one.
    pub async fn start(&self) -> Result<Running, Error> {
        let store = self.open().await?;
        store.check_writable()?;
        let registered = store.registered();
        projection::prepare(&store, &registered.engines).await?;
        let stored = self.declared.stored_by_processes();
        process::prepare(&store, &registered.processes, stored).await?;
        for relay in &self.declared.relays {
            relay.prepare(&store).await?;
        }
        let engines = registered.all().cloned().collect();
        let mut running = Running::start(store, engines, self.lease);
        for inbox in &self.declared.inboxes {
            let inbox = Arc::clone(inbox);
            running.add(|store, stop| inbox.follow(store, stop));
        }
        Ok(running)
    }

    /// Whether an inline projection can be followed by who appends: its table is there as it is declared, or it can be made.
    /// Where another version is there, `migrate run` has to build this one first.
    async fn can_follow_inline(&self, store: &Store, inline: &Arc<Inline>) -> Result<bool, Error> {
        if store.check_writable().is_err() {
            return Ok(false);
        }
        let engine: Arc<dyn Engine> = Arc::clone(inline) as Arc<dyn Engine>;
        match projection::prepare(store, &[engine]).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::ReadModel => {
                tracing::warn!(%error, "an inline projection is not kept up to date by this program");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the store after older releases were taken out of service: this program may store what they could not read.
    /// Answers what of it they could not, a line for each change. What [`App::open`] refuses for the sake of older releases
    /// is accepted from then on.
    ///
    /// # Errors
    /// Those of [`App::open`] but for that one; [`ErrorKind::ReadOnly`](crate::ErrorKind::ReadOnly) where the store was opened
    /// for reading alone.
    pub async fn accept(&self) -> Result<Vec<String>, Error> {
        let store = self.connect().await?;
        manifest::accept(&store, self.lineages()).await
    }

    /// The store, on which nothing is compared and nothing written.
    pub(crate) async fn connect(&self) -> Result<Store, Error> {
        self.declared()?;
        self.source.open(self.options.as_ref()).await
    }

    /// Makes the tables of annals where they are missing.
    pub(crate) async fn migrate_tables(&self) -> Result<(), Error> {
        self.source.migrate(self.options.as_ref()).await
    }

    /// Which database the store is in, and how it is opened.
    pub(crate) fn database(&self) -> Result<(Database, StoreOptions), Error> {
        self.source.database(self.options.as_ref())
    }

    /// Opens the store for what is done to projections: appends through it are followed by no other inline projections than
    /// before.
    pub(crate) async fn connect_for_migration(&self) -> Result<Store, Error> {
        let store = self.connect().await?;
        store.check_writable()?;
        manifest::register(&store, self.lineages(), Older::MayRun).await?;
        let mut registered = self.declared.register()?;
        // The store may be one that is in use.
        registered.inline.clone_from(&store.registered().inline);
        store.register(registered);
        Ok(store)
    }

    /// Opens the store for looking at it, whether or not this program goes with what is stored there: nothing is written, and
    /// no file is made.
    pub(crate) async fn open_to_look(&self) -> Result<Store, Error> {
        self.declared()?;
        self.source.open_to_read(self.options.as_ref()).await
    }

    /// What is wrong with the database, whether or not a store could be opened there.
    pub(crate) async fn examine(&self) -> Result<Vec<Finding>, Error> {
        self.source.examine(self.options.as_ref()).await
    }

    /// Whether its store is known to be the one at this address.
    #[cfg(feature = "cli")]
    pub(crate) fn is_at(&self, url: &str) -> bool {
        self.source.is_at(url)
    }

    pub(crate) fn lineages(&self) -> impl Iterator<Item = &'static Lineage> {
        self.declared.kinds.iter().map(|kind| kind.lineage)
    }

    /// What was added.
    ///
    /// # Errors
    /// Where it contradicts itself.
    pub(crate) fn declared(&self) -> Result<&Declared, Error> {
        self.declared.check()?;
        Ok(&self.declared)
    }

    pub(crate) fn moved_lock_folder(&self) -> Option<&Path> {
        self.lock_folder.as_deref()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("declared", &self.declared)
            .finish_non_exhaustive()
    }
}
