//! What can happen to a thing of the domain, and what it decides.

mod command;
mod context;
mod dispatch;
mod event_set;
mod events;
mod fingerprint;
mod locked;
mod reads;
mod snapshot;

use std::fmt::Display;
use std::str::FromStr;

pub use command::{Accepted, Accepts, Command, Refusal};
pub(crate) use command::{Deliver, Delivered, Delivery, Undelivered};
pub use context::Context;
pub use dispatch::{
    Answer, Arm, answer, listed, require_logic_version, require_whole_state, unique_names,
};
pub use event_set::{AnyEvent, EventSet, Kind, Reader, Visit, any_event, debug};
pub use events::{Emits, Events, IntoEvents};
pub(crate) use fingerprint::fingerprint;
pub use locked::require_events;
pub use reads::{Reads, reads};
pub use snapshot::{SnapshotProgress, Snapshots};

use crate::event::Recorded;

/// A thing of the domain whose state is the fold of its events.
///
/// Write `#[derive(Aggregate)]`: it writes the enum of the events, and dispatches each one to its [`Apply`].
/// A stream that does not exist yet has the state `Default::default()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "not an aggregate",
    note = "add `#[derive(Aggregate, Default)]` and `#[aggregate(name = \"..\", events(..))]` to `{Self}`"
)]
pub trait Aggregate: Default + Send + Sync + 'static {
    /// The name of the aggregate, with which the names of its streams begin.
    const NAME: &'static str;

    /// What tells one instance from another.
    type Id: Display + FromStr + Send + Sync;

    /// One of the aggregate's events: the enum that the derive writes.
    type Event: EventSet;

    /// How snapshots of the state are taken; `None` where none are.
    const SNAPSHOTS: Option<Snapshots<Self>> = None;

    /// The folder of the schema lock; empty for an implementation that was written by hand.
    #[doc(hidden)]
    const LOCK: &'static str = "";

    /// The commands that it takes from processes and brokers.
    #[doc(hidden)]
    const COMMANDS: &'static [Accepted] = &[];

    /// The tokens of each event's [`Apply`], in the order of the events.
    #[doc(hidden)]
    const LOGIC: &'static [Option<&'static str>];

    /// Whether one of the [`Apply`] looks at how its event was recorded, so that it cannot be applied before it is stored.
    #[doc(hidden)]
    const SEES_RECORD: bool = true;

    /// Changes the state by one event, whichever it is, by its [`Apply`].
    fn evolve(&mut self, event: Self::Event, cx: &Recorded);
}

/// How an event changes an aggregate.
///
/// In an `#[aggregate]` impl block: a method that takes `&mut self` and an event.
///
/// An implementation must be pure: the same events give the same state, today and in ten years.
#[diagnostic::on_unimplemented(
    message = "aggregate `{Self}` lists event `{E}` but cannot apply it",
    label = "no method applies this event",
    note = "add to `#[aggregate] impl {Self}`: `fn applied(&mut self, event: {E}) {{ .. }}`",
    note = "or take `{E}` out of `events(..)`"
)]
pub trait Apply<E> {
    /// The tokens of the implementation, which tell a snapshot that the rules have changed; `None` for one written by
    /// hand.
    #[doc(hidden)]
    const LOGIC: Option<&'static str> = None;

    /// Whether it looks at how the event was recorded.
    #[doc(hidden)]
    const SEES_RECORD: bool = true;

    /// Changes the state by the event.
    fn apply(&mut self, event: E, cx: &Recorded);
}

/// How an aggregate decides on a command.
///
/// In an `#[aggregate]` impl block: a method that takes `&self` and a command, and answers
/// `Result<impl Into<Events<Self>>, Error>`.
///
/// An implementation must be pure. It runs again where another writer was faster.
#[diagnostic::on_unimplemented(
    message = "aggregate `{Self}` does not decide on `{C}`",
    label = "no method decides on this command",
    note = "add to `#[aggregate] impl {Self}`: `fn decide(&self, command: {C}) -> Result<Event, Error> {{ .. }}`"
)]
pub trait Handle<C>: Aggregate {
    /// Why a command can be refused.
    type Error;

    /// The events that follow from the command, or the refusal.
    ///
    /// # Errors
    /// The refusal, in the words of the domain.
    fn handle(&self, command: C, cx: &Context) -> Result<Events<Self>, Self::Error>;
}
