use std::fmt;

use super::Aggregate;
use crate::event::Event;

/// The events that follow from a command, in order; none at all is an answer too.
///
/// Made of one event, a tuple, an array, a `Vec`, an `Option` or `()`.
pub struct Events<A: Aggregate> {
    list: Vec<A::Event>,
}

impl<A: Aggregate> Events<A> {
    /// No event.
    #[must_use]
    pub const fn none() -> Self {
        Events { list: Vec::new() }
    }

    /// Adds an event at the end.
    #[must_use]
    pub fn and<E>(mut self, event: E) -> Self
    where
        A: Emits<E>,
    {
        self.list.push(A::event(event));
        self
    }

    /// The number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The events in order.
    pub fn iter(&self) -> std::slice::Iter<'_, A::Event> {
        self.list.iter()
    }
}

impl<A: Aggregate> fmt::Debug for Events<A>
where
    A::Event: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl<A: Aggregate> IntoIterator for Events<A> {
    type Item = A::Event;
    type IntoIter = std::vec::IntoIter<A::Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, A: Aggregate> IntoIterator for &'a Events<A> {
    type Item = &'a A::Event;
    type IntoIter = std::slice::Iter<'a, A::Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<A: Aggregate> FromIterator<A::Event> for Events<A> {
    fn from_iter<I: IntoIterator<Item = A::Event>>(events: I) -> Self {
        Events {
            list: events.into_iter().collect(),
        }
    }
}

/// An aggregate to which the event `E` can happen: its enum has a variant for it.
#[diagnostic::on_unimplemented(
    message = "`{E}` is not an event of aggregate `{Self}`",
    label = "not listed in `events(..)`",
    note = "add `{E}` to `#[aggregate(events(..))]` of `{Self}`"
)]
pub trait Emits<E>: Aggregate {
    /// The event as one of the aggregate's.
    fn event(event: E) -> Self::Event;
}

#[diagnostic::do_not_recommend]
impl<A: Aggregate<Event: From<E>>, E> Emits<E> for A {
    fn event(event: E) -> A::Event {
        event.into()
    }
}

/// What can follow from a command on the aggregate `A`: whatever makes up [`Events`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for events of aggregate `{A}`",
    label = "not among `events(..)` of `{A}`",
    note = "if it is an event, add it to `#[aggregate(events(..))]` of `{A}`",
    note = "expected a listed event, a tuple, an array, a `Vec` or an `Option` of them, or `()`"
)]
pub trait IntoEvents<A: Aggregate> {
    /// The events in order.
    fn into_events(self) -> Events<A>;
}

#[diagnostic::do_not_recommend]
impl<A: Aggregate, T: Into<Events<A>>> IntoEvents<A> for T {
    fn into_events(self) -> Events<A> {
        self.into()
    }
}

impl<A: Aggregate> From<()> for Events<A> {
    fn from((): ()) -> Self {
        Events::none()
    }
}

impl<A: Emits<E>, E: Event> From<E> for Events<A> {
    fn from(event: E) -> Self {
        Events {
            list: vec![A::event(event)],
        }
    }
}

impl<A: Emits<E>, E: Event> From<Option<E>> for Events<A> {
    fn from(event: Option<E>) -> Self {
        event.into_iter().map(A::event).collect()
    }
}

impl<A: Emits<E>, E: Event> From<Vec<E>> for Events<A> {
    fn from(events: Vec<E>) -> Self {
        events.into_iter().map(A::event).collect()
    }
}

impl<A: Emits<E>, E: Event, const N: usize> From<[E; N]> for Events<A> {
    fn from(events: [E; N]) -> Self {
        events.into_iter().map(A::event).collect()
    }
}

macro_rules! tuples {
    ($(($($event:ident),+))+) => {
        $(impl<A: $(Emits<$event> +)+, $($event: Event),+> From<($($event,)+)> for Events<A> {
            fn from(events: ($($event,)+)) -> Self {
                #[allow(non_snake_case, reason = "each variable is named like its type")]
                let ($($event,)+) = events;
                Events { list: vec![$(<A as Emits<$event>>::event($event)),+] }
            }
        })+
    };
}

tuples! {
    (E1) (E1, E2) (E1, E2, E3) (E1, E2, E3, E4) (E1, E2, E3, E4, E5) (E1, E2, E3, E4, E5, E6)
    (E1, E2, E3, E4, E5, E6, E7) (E1, E2, E3, E4, E5, E6, E7, E8)
}
