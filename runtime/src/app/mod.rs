//! What a program consists of.

mod declared;
mod source;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use declared::{Declared, DeclaredAggregate, DeclaredKind};
pub use source::StoreSource;

use crate::aggregate::Aggregate;
use crate::error::Error;
use crate::event::{Event, Lineage};
use crate::manifest::{self, Older};
use crate::store::{Store, StoreOptions};

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
        Ok(store)
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

    #[cfg(feature = "cli")]
    /// Whether its store is known to be the one at this address.
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
