//! Projections whose rows change in the transaction that appends.
//!
//! How far the rows of a stream have come is kept for each stream. Whoever handles a stream's events, a program that appends
//! or a worker behind one that does not know the projection, begins where the other left off.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bulk::Verify;
use super::definition::Definition;
use super::engine::{Engine, Halt, Holding, Page, Taken, Taking};
use super::routes::Routes;
use crate::append::Group;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::projections::InlineHead;
use crate::store::row::Page as Stored;
use crate::store::{Backend, Store, Tx};
use crate::stream::{StreamId, Version};

/// How many events of a stream are handled at once where its rows have to catch up.
const PAGE: u32 = 1000;

/// A projection that is kept up to date by those who append.
pub(crate) struct Inline {
    rows: Arc<dyn Engine>,
}

type Place = (Arc<str>, String);

impl Inline {
    pub(crate) fn new(rows: Arc<dyn Engine>) -> Self {
        Inline { rows }
    }

    /// The streams of a group to which something is appended that may change rows.
    pub(crate) fn concerned<'g>(&self, group: &'g Group) -> Vec<&'g StreamId> {
        let routes = self.rows.routes();
        let heads = group.heads.iter().filter(|head| {
            let mut rows = head.rows.iter();
            rows.any(|row| routes.concerns(&row.event_type))
        });
        heads.map(|head| &head.stream).collect()
    }

    /// Handles what was just appended to some streams, and what was appended before by those who do not know the projection.
    pub(crate) async fn appended(
        &self,
        store: &Store,
        tx: &mut Tx,
        tenant: &Arc<str>,
        streams: &[&StreamId],
    ) -> Result<(), Error> {
        let backend = &store.inner.backend;
        let places: Vec<Place> = sorted(
            streams
                .iter()
                .map(|stream| (Arc::clone(tenant), stream.to_string())),
        );
        let heads = self.heads(backend, tx, &places).await?;
        for stream in streams {
            let mut at = heads
                .get(&(Arc::clone(tenant), stream.to_string()))
                .copied()
                .unwrap_or_default();
            loop {
                let page = Stored {
                    tenant,
                    stream,
                    from: Version::of_i64(at.saturating_add(1)),
                    to: Version::of_i64(i64::MAX),
                    backwards: false,
                    limit: PAGE,
                };
                let (_, events) = backend.page_in(tx, page).await?;
                let halt = self.take_new(store, tx, &events).await?;
                let end = halt.as_ref().map_or(i64::MAX, Halt::position);
                let handled = events.iter().map(RecordedEvent::recorded);
                let mut handled = handled.filter(|recorded| recorded.position().to_i64() < end);
                if let Some(last) = handled.next_back() {
                    at = last.version().to_i64();
                    let head = InlineHead {
                        tenant: Arc::clone(tenant),
                        stream: stream.to_string(),
                        version: at,
                    };
                    self.save(backend, tx, &[head]).await?;
                }
                // A worker meets the same event, and stops there for all to see. It does not keep facts from being stored.
                if halt.is_some() || events.len() < PAGE as usize {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Handles events in a transaction that must not fail because of them. Answers why not all of them were handled.
    async fn take_new(
        &self,
        store: &Store,
        tx: &mut Tx,
        events: &[RecordedEvent],
    ) -> Result<Option<Halt>, Error> {
        let Some(part) = self
            .definition()
            .parts()
            .next()
            .filter(|_| !events.is_empty())
        else {
            return Ok(None);
        };
        let page = |is_careful| Page {
            part: &part,
            only: None,
            events,
            checkpoint: 0,
            effects_after: 0,
            trouble: None,
            is_careful,
        };
        let savepoint = tx.savepoint().await?;
        let taken = match self.rows.take(store, tx, page(false)).await {
            Ok(taken) => {
                tx.release(&savepoint).await?;
                taken
            }
            Err(error) if error.kind() == ErrorKind::Database => {
                tx.roll_back_to(savepoint).await?;
                self.rows.take(store, tx, page(true)).await?
            }
            // An operator dropped the table of a version that this program still has.
            Err(error) if error.kind() == ErrorKind::ReadModel => {
                tx.roll_back_to(savepoint).await?;
                let name = &*self.definition().name;
                tracing::warn!(projection = name, %error, "the rows of an inline projection stay as they are");
                let position = events.first().map(|event| event.recorded().position());
                let position = position.unwrap_or_default().to_i64();
                return Ok(Some(Halt::Stop { position, error }));
            }
            Err(error) => return Err(error),
        };
        Ok(taken.halt)
    }

    /// How far the rows of some streams have come. Holds them until the transaction ends.
    async fn heads(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        places: &[Place],
    ) -> Result<BTreeMap<Place, i64>, Error> {
        let Definition { name, version, .. } = self.definition();
        let heads = backend.inline_heads(tx, name, *version, places).await?;
        let heads = heads.into_iter();
        Ok(heads
            .map(|head| ((head.tenant, head.stream), head.version))
            .collect())
    }

    async fn save(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        heads: &[InlineHead],
    ) -> Result<(), Error> {
        let Definition { name, version, .. } = self.definition();
        backend.set_inline_heads(tx, name, *version, heads).await
    }

    /// Handles a page of the feed: those of its events that nobody has handled.
    async fn take_page(&self, store: &Store, tx: &mut Tx, page: Page<'_>) -> Result<Taken, Error> {
        let backend = &store.inner.backend;
        let places: Vec<Place> = sorted(page.events.iter().map(place));
        let heads = self.heads(backend, tx, &places).await?;
        let new = page.events.iter().filter(|event| {
            let head = heads.get(&place(event)).copied().unwrap_or_default();
            event.recorded().version().to_i64() > head
        });
        let new: Vec<_> = new.cloned().collect();
        let taken = self
            .rows
            .take(
                store,
                tx,
                Page {
                    events: &new,
                    ..page
                },
            )
            .await?;
        let mut moved = BTreeMap::new();
        for event in &new {
            let recorded = event.recorded();
            if recorded.position().to_i64() <= taken.checkpoint {
                moved.insert(place(event), recorded.version().to_i64());
            }
        }
        let moved: Vec<_> = moved
            .into_iter()
            .map(|((tenant, stream), version)| InlineHead {
                tenant,
                stream,
                version,
            })
            .collect();
        self.save(backend, tx, &moved).await?;
        Ok(taken)
    }
}

impl Engine for Inline {
    fn definition(&self) -> &Definition {
        self.rows.definition()
    }

    fn routes(&self) -> &Routes {
        self.rows.routes()
    }

    fn take<'a>(&'a self, store: &'a Store, tx: &'a mut Tx, page: Page<'a>) -> Taking<'a> {
        Box::pin(async move { self.take_page(store, tx, page).await })
    }

    fn hold<'a>(
        &'a self,
        backend: &'a Backend,
        tx: &'a mut Tx,
        streams: &'a [Place],
    ) -> Holding<'a> {
        Box::pin(async move {
            let places = sorted(streams.iter().cloned());
            self.heads(backend, tx, &places).await.map(drop)
        })
    }

    fn take_again<'a>(&'a self, store: &'a Store, tx: &'a mut Tx, page: Page<'a>) -> Taking<'a> {
        Box::pin(async move {
            // Who appends to these streams changes the same rows.
            let places: Vec<Place> = sorted(page.events.iter().map(place));
            self.heads(&store.inner.backend, tx, &places).await?;
            self.rows.take_again(store, tx, page).await
        })
    }

    fn verify(&self) -> Option<Box<dyn Verify>> {
        self.rows.verify()
    }
}

fn place(event: &RecordedEvent) -> Place {
    let recorded = event.recorded();
    (
        Arc::clone(recorded.tenant_name()),
        recorded.stream().to_string(),
    )
}

/// Each once, in the one order in which everybody holds them.
fn sorted(places: impl Iterator<Item = Place>) -> Vec<Place> {
    let mut places: Vec<_> = places.collect();
    places.sort();
    places.dedup();
    places
}
