//! What is declared of a relay.

use std::fmt;

use super::Broker;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::feed::Feed;

/// Publishes events to a broker, for as long as an app that declares it runs: see [`App::relay`](crate::App::relay).
///
/// It publishes every event of the store, unless it is told which. Its choice may change from one release to the next: what it
/// adds is published from where the relay stands.
#[derive(Clone)]
#[must_use = "a relay does nothing until it is added to an app"]
pub struct Relay<B> {
    pub(super) name: String,
    pub(super) broker: B,
    pub(super) choice: Choice,
    pub(super) begins_now: bool,
}

/// Which events are published.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    types: Option<Vec<String>>,
    categories: Option<Vec<String>>,
}

impl<B: Broker> Relay<B> {
    /// A relay of every event, from the first one on. Its checkpoint is kept under its name, which is among those of projections
    /// and processes.
    pub fn new(name: impl Into<String>, broker: B) -> Self {
        Relay {
            name: name.into(),
            broker,
            choice: Choice::default(),
            begins_now: false,
        }
    }

    /// Only events of this type, by its name and its aliases, of any version, besides those of other calls.
    pub fn event<E: Event>(self) -> Self {
        self.events([E::NAME]).events(E::ALIASES.iter().copied())
    }

    /// Only events that are stored under one of these names, besides those of other calls. An alias is a name of its own.
    pub fn events<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let types = self.choice.types.get_or_insert_default();
        types.extend(names.into_iter().map(Into::into));
        self
    }

    /// Only events of streams of these aggregates, besides those of other calls. Beside a choice of events, both must hold.
    pub fn categories<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let categories = self.choice.categories.get_or_insert_default();
        categories.extend(names.into_iter().map(Into::into));
        self
    }

    /// Begins with what happens after its first start, and not at the first event.
    pub fn from_now(mut self) -> Self {
        self.begins_now = true;
        self
    }

    /// # Errors
    /// Where no database keeps its name, or can be asked for what it chooses.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let Choice { types, categories } = &self.choice;
        let chosen = [types, categories].into_iter().flatten().flatten();
        let all = chosen.chain([&self.name]);
        let what = match all.clone().find(|name| name.contains('\0')) {
            Some(name) => format!("{name:?} holds the character NUL"),
            None if self.name.is_empty() => "it has no name".to_owned(),
            None if self.name.len() > NAME_BYTES => {
                format!("its name is longer than {NAME_BYTES} bytes")
            }
            None => return Ok(()),
        };
        let what = format!("relay {:?} cannot be declared: {what}", self.name);
        Err(Error::new(ErrorKind::Declaration, what).with_hint(
            "name it by a word, like `orders`, and choose by names of events and of aggregates",
        ))
    }
}

/// As long as the name of a stream.
const NAME_BYTES: usize = 500;

impl Choice {
    pub(super) fn of(&self, feed: Feed) -> Feed {
        let feed = match &self.types {
            Some(types) => feed.events(types),
            None => feed,
        };
        match &self.categories {
            Some(categories) => feed.categories(categories),
            None => feed,
        }
    }
}

impl<B> fmt::Debug for Relay<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("name", &self.name)
            .field("choice", &self.choice)
            .field("begins_now", &self.begins_now)
            .finish_non_exhaustive()
    }
}
