//! Follows the feed by publishing it.

use std::fmt;
use std::sync::Arc;

use super::start::prepare;
use super::{Broker, Message, Relay};
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::feed::Feed;
use crate::projection::{Definition, Doing, Engine, Halt, Page, Routes, Sources, Taken, Taking};
use crate::store::{Store, Tx};
use crate::telemetry;

/// A relay to whatever broker.
pub(crate) trait Outlet: Engine {
    /// As [`Relay::check`].
    fn check(&self) -> Result<(), Error>;

    /// As [`prepare`].
    fn prepare<'a>(&'a self, store: &'a Store) -> Doing<'a, ()>;
}

impl fmt::Debug for dyn Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.definition().name)
    }
}

/// Publishes pages.
pub(crate) struct Forwarder<B> {
    definition: Definition,
    /// To nowhere: what is stored is published as it is.
    routes: Routes,
    relay: Relay<B>,
}

impl<B: Broker> Forwarder<B> {
    pub(crate) fn new(relay: Relay<B>) -> Self {
        let definition = Definition::of_relay(&relay.name);
        Forwarder {
            routes: Routes::of(&definition, &Arc::<Sources>::default()),
            definition,
            relay,
        }
    }

    /// Publishes a page up to what the broker will never take.
    async fn publish(&self, events: &[RecordedEvent]) -> Result<Option<Halt>, Error> {
        let messages: Vec<_> = events.iter().map(Message::of).collect();
        let mut left = &messages[..];
        let mut halt = None;
        while !left.is_empty() {
            let error = match self.relay.broker.publish(left).await {
                Ok(()) => break,
                Err(error) => error,
            };
            let refused = error.refused_at();
            let refused = left
                .iter()
                .position(|message| Some(message.position()) == refused);
            let Some(refused) = refused else {
                return Err(error.into());
            };
            // What comes before it is published again, since nobody said that it was.
            halt = Some(Halt::Stop {
                position: left[refused].position().to_i64(),
                error: error.into(),
            });
            left = &left[..refused];
        }
        telemetry::relayed(&self.definition.name, left.len());
        Ok(halt)
    }
}

impl<B: Broker> Engine for Forwarder<B> {
    fn definition(&self) -> &Definition {
        &self.definition
    }

    fn routes(&self) -> &Routes {
        &self.routes
    }

    fn feed(&self, store: &Store) -> Feed {
        self.relay.choice.of(Feed::of_all_tenants(store))
    }

    fn ahead<'a>(&'a self, events: &'a [RecordedEvent]) -> Doing<'a, Option<Halt>> {
        Box::pin(self.publish(events))
    }

    /// All of it is published: only the checkpoint moves.
    fn take<'a>(&'a self, _: &'a Store, _: &'a mut Tx, page: Page<'a>) -> Taking<'a> {
        Box::pin(std::future::ready(Ok(Taken::up_to(&page, None))))
    }
}

impl<B: Broker> Outlet for Forwarder<B> {
    fn check(&self) -> Result<(), Error> {
        self.relay.check()
    }

    fn prepare<'a>(&'a self, store: &'a Store) -> Doing<'a, ()> {
        Box::pin(prepare(store, &self.definition, &self.relay))
    }
}
