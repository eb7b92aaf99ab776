//! Projections that write by themselves: each event is handled in a savepoint of the transaction in which the checkpoint moves.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;

use super::definition::Definition;
use super::engine::{Engine, Halt, Page, Taken, Taking, Trouble, partition_of};
use super::kept_text::kept_key;
use super::parking::{new_parked, tell};
use super::routes::{Routed, Routes, Sources};
use super::rows::{guard, panicked};
use super::{EventHandler, Failure};
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::{Backend, Store, Tx};

/// How often an event is tried before it is parked.
const ATTEMPTS: u32 = 5;

/// Hands events to `H`.
pub(crate) struct Reaction<H> {
    handler: Arc<H>,
    definition: Definition,
    routes: Routes,
}

/// What became of one event.
enum Handled {
    Done,
    Park(Failure),
    Again(Trouble),
}

impl<H: EventHandler> Reaction<H> {
    pub(crate) fn new(handler: Arc<H>, sources: &Arc<Sources>) -> Self {
        let definition = Definition::of_handler::<H>();
        Reaction {
            handler,
            routes: Routes::of(&definition, sources),
            definition,
        }
    }

    async fn take_page(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        page: &Page<'_>,
    ) -> Result<Taken, Error> {
        let mut routed = Vec::new();
        let mut halt = None;
        for stored in page.events {
            let recorded = stored.recorded();
            let read = self.routes.read(
                recorded,
                stored.payload(),
                |handler, version, payload| H::HANDLERS[handler].rules.read(version, payload),
                &mut routed,
            );
            if let Err(error) = read {
                halt = Some(Halt::unreadable(recorded, error));
                break;
            }
            if !routed.is_empty() {
                halt = self.take_all(backend, tx, page, stored, &routed).await?;
                routed.clear();
            }
            if halt.is_some() {
                break;
            }
        }
        Ok(Taken::up_to(page, halt))
    }

    /// Handles all that one stored event stands for, or nothing of it.
    async fn take_all(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        page: &Page<'_>,
        stored: &RecordedEvent,
        routed: &[Routed],
    ) -> Result<Option<Halt>, Error> {
        let keyed = match self.keyed(page, stored, routed) {
            Ok(keyed) => keyed,
            Err(halt) => return Ok(Some(halt)),
        };
        if let [(key, of_key)] = &keyed[..] {
            return self.take_key(backend, tx, page, stored, key, of_key).await;
        }
        let savepoint = tx.savepoint().await?;
        for (key, of_key) in &keyed {
            let halt = self
                .take_key(backend, tx, page, stored, key, of_key)
                .await?;
            if halt.is_some() {
                tx.roll_back_to(savepoint).await?;
                return Ok(halt);
            }
        }
        tx.release(&savepoint).await?;
        Ok(None)
    }

    /// What of a stored event is to be handled here, key by key.
    fn keyed<'r>(
        &self,
        page: &Page<'_>,
        stored: &RecordedEvent,
        routed: &'r [Routed],
    ) -> Result<Vec<(String, Vec<&'r Routed>)>, Halt> {
        let recorded = stored.recorded();
        let mut keyed: Vec<(String, Vec<&Routed>)> = Vec::with_capacity(routed.len());
        for one in routed {
            let handler = &H::HANDLERS[one.handler];
            if handler.is_effect && recorded.position().to_i64() <= page.effects_after {
                continue;
            }
            let key = guard(|| handler.rules.key(&*one.event, recorded));
            let key = kept_key(key.map_err(|failure| {
                let error = Error::unhandled(recorded, &self.definition.name, &failure);
                Halt::unreadable(recorded, error)
            })?);
            let is_ours = partition_of(recorded.tenant_name(), &key, H::PARTITIONS)
                == page.part.partition
                && page.only.is_none_or(|only| only == key);
            if !is_ours {
                continue;
            }
            match keyed.iter_mut().find(|(other, _)| *other == key) {
                Some((_, of_key)) => of_key.push(one),
                None => keyed.push((key, vec![one])),
            }
        }
        Ok(keyed)
    }

    /// Handles what a stored event stands for of one key, or nothing of it.
    async fn take_key(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        page: &Page<'_>,
        stored: &RecordedEvent,
        key: &str,
        routed: &[&Routed],
    ) -> Result<Option<Halt>, Error> {
        let recorded = stored.recorded();
        let (name, version) = (&*self.definition.name, self.definition.version);
        let tenant = Arc::clone(recorded.tenant_name());
        let place = (Arc::clone(&tenant), key.to_owned());
        if backend.has_parked(tx, name, version).await?
            && !backend
                .parked_keys(tx, name, version, &[place])
                .await?
                .is_empty()
        {
            let waiting = new_parked(page, key, recorded, None);
            backend.park(tx, page.part, &[waiting]).await?;
            return Ok(None);
        }
        match self.handle(tx, page, stored, routed).await? {
            Handled::Done => Ok(None),
            Handled::Again(trouble) => Ok(Some(Halt::Again(trouble))),
            Handled::Park(failure) => {
                tell(&self.definition, recorded, &failure);
                let parked = new_parked(page, key, recorded, Some(&failure));
                backend.park(tx, page.part, &[parked]).await?;
                Ok(None)
            }
        }
    }

    async fn handle(
        &self,
        tx: &mut Tx,
        page: &Page<'_>,
        stored: &RecordedEvent,
        routed: &[&Routed],
    ) -> Result<Handled, Error> {
        let recorded = stored.recorded();
        let savepoint = tx.savepoint().await?;
        let mut failure = None;
        for one in routed {
            let rules = H::HANDLERS[one.handler].rules;
            // What a handler can leave half done is undone with the savepoint.
            let handling = rules.handle(&self.handler, &*one.event, recorded, tx);
            let done = AssertUnwindSafe(handling).catch_unwind().await;
            if let Err(of_one) = done.unwrap_or_else(|panic| Err(panicked(&*panic))) {
                failure = Some(of_one);
                break;
            }
        }
        let failure = match failure {
            Some(failure) => failure,
            None => match tx.release(&savepoint).await {
                Ok(()) => return Ok(Handled::Done),
                // A handler passed over an error, after which the database takes nothing more.
                Err(error) if error.kind() == ErrorKind::Database => Failure::new(error),
                Err(error) => return Err(error),
            },
        };
        tx.roll_back_to(savepoint).await?;
        let position = recorded.position().to_i64();
        let before = page.trouble.filter(|trouble| trouble.position == position);
        let attempts = before.map_or(0, |trouble| trouble.attempts) + 1;
        // Whoever tries parked events again does not wait to see whether it helps.
        if attempts >= ATTEMPTS || page.only.is_some() {
            return Ok(Handled::Park(failure));
        }
        Ok(Handled::Again(Trouble {
            position,
            attempts,
            why: failure.to_string(),
        }))
    }
}

impl<H: EventHandler> Engine for Reaction<H> {
    fn definition(&self) -> &Definition {
        &self.definition
    }

    fn routes(&self) -> &Routes {
        &self.routes
    }

    fn take<'a>(&'a self, store: &'a Store, tx: &'a mut Tx, page: Page<'a>) -> Taking<'a> {
        Box::pin(async move { self.take_page(&store.inner.backend, tx, &page).await })
    }
}
