//! Projections whose target is not one table of rows: `async fn` handlers in the transaction in which the checkpoint moves.

use std::any::{Any, TypeId};
use std::fmt::Display;
use std::pin::Pin;

use super::handler::{Failure, typed};
use crate::aggregate::{AnyEvent, any_event};
use crate::event::{Event, Lineage, Misfit, Recorded, decode};
use crate::store::Tx;

/// A projection that writes by itself: into several tables, or into something outside of the database.
///
/// Write `#[projection(name = "..", version = 1)]` on an impl block with `async fn` methods.
pub trait EventHandler: Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;

    /// The version of its rules. Raised, its handlers see all events again, but for those marked `#[effect]`.
    const VERSION: u32;

    /// In how many parts, by their keys, events are handled side by side.
    const PARTITIONS: u32 = 1;

    /// What it handles.
    #[doc(hidden)]
    const HANDLERS: &'static [AsyncHandler<Self>];
}

/// How a projection that writes by itself handles an event.
///
/// In a `#[projection]` impl block: an `async fn` that takes `&self`, an event by reference, and what it needs of
/// `cx: &Recorded` and `tx: &mut Tx`.
///
/// What is written in the transaction is written exactly once. What is done outside of it is done at least once: it is repeated
/// where the transaction does not commit. On PostgreSQL the server ends a transaction that is asked for nothing for 5 minutes,
/// where it is set to end none; the event is then tried again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle event `{E}`",
    label = "no method handles this event",
    note = "add to `#[projection(..)] impl {Self}`: `async fn handled(&self, event: &{E}, tx: &mut Tx) -> Result<(), Error> {{ .. }}`"
)]
pub trait HandleEvent<E: Event>: Send + Sync {
    /// The tokens of the implementation; `None` for one written by hand.
    #[doc(hidden)]
    const LOGIC: Option<&'static str> = None;

    /// Whether it acts on the world outside: it is left out while the past is handled again.
    const EFFECT: bool = false;

    /// What the event is about: events of one key are handled in their order, and wait behind one that failed.
    ///
    /// # Errors
    /// Where it cannot be said.
    fn key(event: &E, cx: &Recorded) -> Result<String, Failure> {
        let _ = event;
        Ok(cx.stream().to_string())
    }

    /// Handles the event.
    fn handle(
        &self,
        event: &E,
        cx: &Recorded,
        tx: &mut Tx,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A future of a handler.
#[doc(hidden)]
pub type Handling<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// One event of a projection that writes by itself.
#[doc(hidden)]
pub struct AsyncHandler<H: ?Sized + 'static> {
    pub(crate) lineage: &'static Lineage,
    pub(crate) event: fn() -> TypeId,
    pub(crate) logic: Option<&'static str>,
    pub(crate) is_effect: bool,
    pub(crate) rules: &'static dyn AsyncRules<H>,
}

impl<H: EventHandler> AsyncHandler<H> {
    /// The handler of the event `E`. It alone mentions `HandleEvent`, so that a missing one is one error.
    #[must_use]
    pub const fn of<E: Event>() -> Self
    where
        H: HandleEvent<E>,
    {
        AsyncHandler {
            lineage: E::LINEAGE,
            event: TypeId::of::<E>,
            logic: <H as HandleEvent<E>>::LOGIC,
            is_effect: <H as HandleEvent<E>>::EFFECT,
            rules: &By(std::marker::PhantomData::<fn(E)>),
        }
    }
}

/// What is done with one type of event.
#[doc(hidden)]
pub trait AsyncRules<H: ?Sized>: Sync {
    /// Reads a stored event.
    ///
    /// # Errors
    /// Where the version is not known or the payload does not fit it.
    fn read(&self, version: u32, payload: &[u8]) -> Result<AnyEvent, Misfit>;

    /// As [`HandleEvent::key`].
    ///
    /// # Errors
    /// Those of the handler.
    fn key(&self, event: &dyn Any, cx: &Recorded) -> Result<String, Failure>;

    /// As [`HandleEvent::handle`].
    fn handle<'a>(
        &'a self,
        handler: &'a H,
        event: &'a (dyn Any + Send + Sync),
        cx: &'a Recorded,
        tx: &'a mut Tx,
    ) -> Handling<'a>;
}

struct By<E>(std::marker::PhantomData<fn(E)>);

impl<H: HandleEvent<E>, E: Event> AsyncRules<H> for By<E> {
    fn read(&self, version: u32, payload: &[u8]) -> Result<AnyEvent, Misfit> {
        decode::<E>(version, payload).map(any_event)
    }

    fn key(&self, event: &dyn Any, cx: &Recorded) -> Result<String, Failure> {
        H::key(typed::<E>(event)?, cx)
    }

    fn handle<'a>(
        &'a self,
        handler: &'a H,
        event: &'a (dyn Any + Send + Sync),
        cx: &'a Recorded,
        tx: &'a mut Tx,
    ) -> Handling<'a> {
        match typed::<E>(event) {
            Ok(event) => Box::pin(handler.handle(event, cx, tx)),
            Err(failure) => Box::pin(std::future::ready(Err(failure))),
        }
    }
}

/// The key that a method names.
///
/// # Errors
/// None: it has the form of [`HandleEvent::key`].
#[doc(hidden)]
pub fn text_key<K: Display + ?Sized>(key: &K) -> Result<String, Failure> {
    Ok(key.to_string())
}

/// The answer of a method.
///
/// # Errors
/// The failure of the method.
#[doc(hidden)]
pub fn handled<E: Display>(answer: Result<(), E>) -> Result<(), Failure> {
    answer.map_err(Failure::new)
}
