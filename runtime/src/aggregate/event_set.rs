use std::any::Any;
use std::fmt;

use crate::event::{Encoded, Event, Lineage, Misfit, Unstorable, decode, encode, reads_back};

/// The events that can happen to one aggregate: what the enum written by `#[derive(Aggregate)]` is.
pub trait EventSet: Sized + Send + Sync + 'static {
    /// Every kind of event that can be read from the aggregate's streams.
    #[doc(hidden)]
    const KINDS: &'static [Kind<Self>];

    /// Hands the event inside to a visitor.
    #[doc(hidden)]
    fn visit<V: Visit>(&self, visitor: V) -> V::Answer;

    /// The event inside, whatever its type.
    #[doc(hidden)]
    fn into_any(self) -> AnyEvent;

    /// The name under which the event is stored.
    fn name(&self) -> &'static str {
        self.visit(Name)
    }

    /// The JSON that is stored; with `verify`, after it was read back.
    #[doc(hidden)]
    fn encode(&self, verify: bool) -> Result<Encoded, Unstorable> {
        self.visit(Encode { verify })
    }
}

/// An event, whatever its type.
#[doc(hidden)]
pub type AnyEvent = Box<dyn Any + Send + Sync>;

/// The event without its type.
#[doc(hidden)]
pub fn any_event<E: Any + Send + Sync>(event: E) -> AnyEvent {
    Box::new(event)
}

/// Something to do with an event whose type is known to its enum alone.
#[doc(hidden)]
pub trait Visit {
    /// What comes of it.
    type Answer;

    /// Does it.
    fn event<E: Event>(self, event: &E) -> Self::Answer;
}

struct Name;

impl Visit for Name {
    type Answer = &'static str;

    fn event<E: Event>(self, _: &E) -> &'static str {
        E::NAME
    }
}

struct Encode {
    verify: bool,
}

impl Visit for Encode {
    type Answer = Result<Encoded, Unstorable>;

    fn event<E: Event>(self, event: &E) -> Self::Answer {
        let encoded = encode(event)?;
        if self.verify {
            reads_back::<E>(&encoded, Some(event))?;
        }
        Ok(encoded)
    }
}

struct Print<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Visit for Print<'_, '_> {
    type Answer = fmt::Result;

    fn event<E: Event>(self, event: &E) -> fmt::Result {
        match E::DEBUG {
            Some(debug) => debug(event, self.0),
            None => self.0.write_str(E::TYPE),
        }
    }
}

/// `Debug` of an aggregate's enum: that of the event inside, and the name of its type where it has none.
///
/// # Errors
/// What the formatter refuses.
#[doc(hidden)]
pub fn debug<S: EventSet>(set: &S, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    set.visit(Print(f))
}

/// One kind of stored event, and how it is read as events of the set `S`.
#[doc(hidden)]
pub struct Kind<S: 'static> {
    pub(crate) lineage: &'static Lineage,
    pub(crate) type_name: &'static str,
    pub(crate) reader: &'static dyn Reader<S>,
    /// The tokens of the conversion on reading; empty where the event is read as itself.
    pub(crate) tokens: &'static str,
}

impl<S: EventSet> Kind<S> {
    /// An event that is read as itself.
    #[must_use]
    pub const fn of<E: Event>() -> Self
    where
        S: From<E>,
    {
        Kind {
            lineage: E::LINEAGE,
            type_name: E::TYPE,
            reader: &Itself(std::marker::PhantomData::<fn(E)>),
            tokens: "",
        }
    }
}

impl<S> Kind<S> {
    /// Whether it is read as other events than itself.
    pub(crate) fn is_read_as_others(&self) -> bool {
        !self.tokens.is_empty()
    }
}

/// Reads one kind of stored event.
#[doc(hidden)]
pub trait Reader<S>: Sync {
    /// Hands on each event that the stored one stands for.
    ///
    /// # Errors
    /// Where the version is not known or the payload does not fit it.
    fn read(&self, version: u32, payload: &[u8], each: &mut dyn FnMut(S)) -> Result<(), Misfit>;
}

struct Itself<E>(std::marker::PhantomData<fn(E)>);

impl<E: Event, S: From<E>> Reader<S> for Itself<E> {
    fn read(&self, version: u32, payload: &[u8], each: &mut dyn FnMut(S)) -> Result<(), Misfit> {
        each(S::from(decode::<E>(version, payload)?));
        Ok(())
    }
}
