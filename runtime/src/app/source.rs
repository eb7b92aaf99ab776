use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::store::{Store, StoreOptions};

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
    #[cfg(feature = "cli")]
    /// Whether it is known to be the store at this address.
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
