//! Walks through all that a store holds, in the order in which it is copied.

use crate::append::check_tenant;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::feed::Feed;
use crate::store::Store;
use crate::stream::Position;

/// The stores of all tenants of a store, by name. A feed belongs to one tenant, so one is copied after the other.
pub(super) async fn tenants(store: &Store) -> Result<Vec<Store>, Error> {
    let mut tenants: Vec<Store> = Vec::new();
    loop {
        let last = tenants.last().map(Store::tenant_name);
        match store.inner.backend.tenant_after(last).await? {
            Some(tenant) => tenants.push(store.tenant(&tenant)),
            None => return Ok(tenants),
        }
    }
}

/// The events of a tenant up to a position, page by page.
pub(super) struct Walk {
    feed: Feed,
    at: Position,
    until: Position,
}

impl Walk {
    pub(super) fn new(store: &Store, only: &[String], page: u32, until: Position) -> Self {
        let feed = store.feed().page(page);
        Walk {
            feed: match only {
                [] => feed,
                only => feed.categories(only.iter().cloned()),
            },
            at: Position::new(0),
            until,
        }
    }

    /// How far it came.
    pub(super) fn at(&self) -> Position {
        self.at.min(self.until)
    }

    /// The next events; `None` after the last ones.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<RecordedEvent>>, Error> {
        while self.at < self.until {
            let page = self.feed.clone().after(self.at).read().await?;
            if page.checkpoint() <= self.at {
                let what = format!(
                    "the store ends at position {}, and was to be read up to {}",
                    self.at, self.until
                );
                return Err(Error::new(ErrorKind::Checkpoint, what)
                    .with_hint("it was put back to an older state meanwhile: begin again"));
            }
            self.at = page.checkpoint();
            let mut events = page.into_events();
            events.retain(|event| event.recorded().position() <= self.until);
            if !events.is_empty() {
                return Ok(Some(events));
            }
        }
        Ok(None)
    }
}

/// # Errors
/// Where the store cannot be asked for.
pub(super) fn checked(store: &Store) -> Result<&Store, Error> {
    check_tenant(store.tenant_name())?;
    Ok(store)
}
