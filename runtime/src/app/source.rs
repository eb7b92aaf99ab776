use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::store::finding::Finding;
use crate::store::{Backend, Database, Store, StoreOptions};

/// The store of an [`App`](crate::App): one that is open, or the address of one.
pub struct StoreSource(Source);

enum Source {
    Open(Store),
    Address(String),
}

impl From<Store> for StoreSource {
    fn from(store: Store) -> Self {
        StoreSource(Source::Open(store))
    }
}

impl From<&str> for StoreSource {
    fn from(address: &str) -> Self {
        StoreSource(Source::Address(address.to_owned()))
    }
}

impl From<String> for StoreSource {
    fn from(address: String) -> Self {
        StoreSource(Source::Address(address))
    }
}

impl StoreSource {
    /// Makes the tables at the address where they are missing; those of an open store are there.
    pub(super) async fn migrate(&self, options: Option<&StoreOptions>) -> Result<(), Error> {
        if let Source::Address(address) = &self.0 {
            let options = options.cloned().unwrap_or_default();
            options.migrate(address).await?;
        }
        Ok(())
    }

    /// Which database it is, and how it is or would be opened. Nothing is connected to.
    pub(super) fn database(
        &self,
        options: Option<&StoreOptions>,
    ) -> Result<(Database, StoreOptions), Error> {
        match &self.0 {
            Source::Open(store) => {
                let database = match store.inner.backend.is_postgres() {
                    true => Database::Postgres,
                    false => Database::Sqlite,
                };
                Ok((database, store.inner.options.clone()))
            }
            Source::Address(address) => {
                Ok((Database::of(address)?, options.cloned().unwrap_or_default()))
            }
        }
    }

    /// Whether it is known to be the store at this address.
    #[cfg(feature = "cli")]
    pub(super) fn is_at(&self, url: &str) -> bool {
        matches!(&self.0, Source::Address(address) if address == url)
    }

    pub(super) async fn open(&self, options: Option<&StoreOptions>) -> Result<Store, Error> {
        match (&self.0, options) {
            (Source::Open(store), None) => Ok(store.clone()),
            (Source::Open(_), Some(_)) => Err(Error::new(
                ErrorKind::Declaration,
                "the app has options for a store that is open already",
            )
            .with_hint(
                "give the address to `App::new`, or the options to `StoreOptions::connect`",
            )),
            (Source::Address(address), options) => {
                let options = options.cloned().unwrap_or_default();
                options.connect(address).await
            }
        }
    }

    /// As [`StoreSource::open`], for reading alone where it is not open already.
    pub(super) async fn open_to_read(
        &self,
        options: Option<&StoreOptions>,
    ) -> Result<Store, Error> {
        match &self.0 {
            Source::Open(_) => self.open(options).await,
            Source::Address(address) => {
                let options = options.cloned().unwrap_or_default();
                options.read_only().connect(address).await
            }
        }
    }

    /// What is wrong with the database, whether or not a store could be opened there.
    pub(super) async fn examine(
        &self,
        options: Option<&StoreOptions>,
    ) -> Result<Vec<Finding>, Error> {
        match &self.0 {
            Source::Open(store) => store.inner.backend.examine(&store.inner.options).await,
            Source::Address(address) => {
                let options = options.cloned().unwrap_or_default();
                Backend::examine_at(address, &options).await
            }
        }
    }
}

/// Without the address: it may hold a password.
impl fmt::Debug for StoreSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::Open(_) => "StoreSource(open)",
            Source::Address(_) => "StoreSource(address)",
        })
    }
}
