//! What a process is, and how its methods react.

use std::fmt::Display;

use super::{Input, Out, Rejected, Timer};
use crate::aggregate::Handle;
use crate::event::{Event, Recorded};
use crate::projection::{Failure, IntoDone};

/// A process manager.
///
/// Write `#[process(name = "order-fulfilment")]` on an impl block of its state, which is an event: what is stored of it after
/// each step. Each method reacts to something, and its signature says to what.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a process",
    label = "not a process",
    note = "write `#[process(name = \"..\")] impl {Self} {{ .. }}` with a method for each event to which it reacts"
)]
pub trait Process: Event {
    /// Its name, with which the names of its instances' streams begin: `order-fulfilment-17`.
    const PROCESS: &'static str;

    /// The version of what it reacts to. Raise it when methods are added or taken out: the new release takes over from the old
    /// one where that stands, and the old one leaves the work to it. To return to older code, raise it once more.
    const PROCESS_VERSION: u32 = 1;

    /// In how many parts, by their ids, instances are taken care of side by side. Stays as it is for all versions.
    const PARTITIONS: u32 = 1;

    /// What it reacts to.
    #[doc(hidden)]
    const INPUTS: &'static [Input<Self>];
}

/// How a process reacts to an event.
///
/// In a `#[process]` impl block: a method with `#[key(..)]` that takes an event by reference.
///
/// An implementation must be pure: it knows the state, the event and its circumstances, and nothing else. That `E` is an event
/// is asked for where the process lists it.
#[diagnostic::on_unimplemented(
    message = "process `{Self}` does not react to event `{E}`",
    label = "no method reacts to this event",
    note = "add to `#[process(..)] impl {Self}`: `#[key(event.order)] fn happened(&mut self, event: &{E}, out: &mut Out<Self>) {{ .. }}`"
)]
pub trait ReactTo<E>: Sized {
    /// Names the instance that the event concerns.
    ///
    /// # Errors
    /// Where it cannot be said which one that is.
    fn key(event: &E, cx: &Recorded) -> Result<String, Failure>;

    /// The state after the event; `None` where there is no instance, and the event starts none.
    ///
    /// # Errors
    /// Where the event does not go with the state: the step does not take place, and the event is parked.
    fn react(
        state: Option<Self>,
        event: &E,
        cx: &Recorded,
        out: &mut Out<Self>,
    ) -> Result<Option<Self>, Failure>;
}

/// How a process reacts where an aggregate refuses a command that it sent.
///
/// In a `#[process]` impl block: a method that takes `&Rejected<Aggregate, Command>`.
#[diagnostic::on_unimplemented(
    message = "process `{Self}` sends command `{C}` to `{A}`, and does not say what happens when it is refused",
    label = "no method reacts to a refusal of this command",
    note = "add to `#[process(..)] impl {Self}`: `fn refused(&mut self, refused: &Rejected<{A}, {C}>, out: &mut Out<Self>) {{ .. }}`",
    note = "or send it with `send_and_forget`, where a refusal is of no concern"
)]
pub trait OnRejected<A: Handle<C>, C>: Sized {
    /// The state after the refusal.
    ///
    /// # Errors
    /// Where the refusal does not go with the state: the step does not take place, and the refusal is parked.
    fn rejected(
        state: Self,
        rejected: &Rejected<A, C>,
        out: &mut Out<Self>,
    ) -> Result<Self, Failure>;
}

/// How a process reacts when a timer that it set is due.
///
/// In a `#[process]` impl block: a method that takes `&Timer<T>`.
#[diagnostic::on_unimplemented(
    message = "process `{Self}` sets a timer `{T}`, and does not say what happens when it is due",
    label = "no method reacts to this timer",
    note = "add to `#[process(..)] impl {Self}`: `fn due(&mut self, timer: &Timer<{T}>, out: &mut Out<Self>) {{ .. }}`"
)]
pub trait OnTimer<T>: Sized {
    /// The state after the timer.
    ///
    /// # Errors
    /// Where the timer does not go with the state: the step does not take place, and the timer is kept for an operator.
    fn due(state: Self, timer: &Timer<T>, out: &mut Out<Self>) -> Result<Self, Failure>;
}

/// What a method can answer that makes a state.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a method that starts process `{P}` answers its state, not `{Self}`",
    label = "expected `Self`, or `Result<Self, Error>`"
)]
pub trait IntoState<P> {
    /// The state, or why there is none.
    ///
    /// # Errors
    /// The failure of the method.
    fn into_state(self) -> Result<P, Failure>;
}

impl<P> IntoState<P> for P {
    fn into_state(self) -> Result<P, Failure> {
        Ok(self)
    }
}

impl<P, E: Display> IntoState<P> for Result<P, E> {
    fn into_state(self) -> Result<P, Failure> {
        self.map_err(Failure::new)
    }
}

/// A method that starts an instance: `fn placed(event: &OrderPlaced, out: &mut Out<Self>) -> Self`.
///
/// # Errors
/// Where there is one already, or the method fails.
#[doc(hidden)]
pub fn begin<P, T: IntoState<P>>(
    state: Option<P>,
    make: impl FnOnce() -> T,
) -> Result<Option<P>, Failure> {
    match state {
        None => make().into_state().map(Some),
        Some(_) => Err(Failure::new(
            "the method starts an instance, and there is one already: take `state: Option<Self>` to handle both",
        )),
    }
}

/// A method that goes on: `fn paid(&mut self, event: &PaymentTaken, out: &mut Out<Self>)`. An event that concerns no instance is
/// passed over.
///
/// # Errors
/// Where the method fails.
#[doc(hidden)]
pub fn go_on<P, T: IntoDone>(
    state: Option<P>,
    change: impl FnOnce(&mut P) -> T,
) -> Result<Option<P>, Failure> {
    state.map(|state| self::change(state, change)).transpose()
}

/// A method that changes the state of an instance which is there: `fn due(&mut self, timer: &Timer<PaymentTimeout>)`.
///
/// # Errors
/// Where the method fails.
#[doc(hidden)]
pub fn change<P, T: IntoDone>(
    mut state: P,
    change: impl FnOnce(&mut P) -> T,
) -> Result<P, Failure> {
    change(&mut state).into_done()?;
    Ok(state)
}

/// A method that does either: `fn seen(state: Option<Self>, event: &Seen, out: &mut Out<Self>) -> Self`.
///
/// # Errors
/// Where the method fails.
#[doc(hidden)]
pub fn either<P, T: IntoState<P>>(
    state: Option<P>,
    make: impl FnOnce(Option<P>) -> T,
) -> Result<Option<P>, Failure> {
    make(state).into_state().map(Some)
}
