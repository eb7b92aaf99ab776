//! Events that are no longer written, and read as others.

use std::marker::PhantomData;

use super::{Aggregate, EventSet, Events, IntoEvents, Kind, Reader};
use crate::event::{Event, Misfit, decode};

/// A function from an event that is no longer written to those that it is read as.
#[doc(hidden)]
pub struct Reads<A, Old, R, F>(F, PhantomData<fn(A, Old) -> R>);

/// Makes a reader of a function; the old event is inferred from its argument.
#[doc(hidden)]
#[must_use]
pub const fn reads<A, Old, R, F>(function: F) -> Reads<A, Old, R, F>
where
    A: Aggregate,
    Old: Event,
    R: IntoEvents<A>,
    F: Fn(Old) -> R,
{
    Reads(function, PhantomData)
}

impl<S: EventSet> Kind<S> {
    /// An event that is read as others, or as none.
    #[must_use]
    pub const fn read_as<A, Old, R, F>(
        reader: &'static Reads<A, Old, R, F>,
        tokens: &'static str,
    ) -> Self
    where
        A: Aggregate<Event = S>,
        Old: Event,
        R: IntoEvents<A>,
        F: Fn(Old) -> R + Sync,
    {
        Kind {
            lineage: Old::LINEAGE,
            type_name: Old::TYPE,
            reader,
            tokens,
        }
    }
}

impl<A, Old, R, F> Reader<A::Event> for Reads<A, Old, R, F>
where
    A: Aggregate,
    Old: Event,
    R: IntoEvents<A>,
    F: Fn(Old) -> R + Sync,
{
    fn read(
        &self,
        version: u32,
        payload: &[u8],
        each: &mut dyn FnMut(A::Event),
    ) -> Result<(), Misfit> {
        let old = decode::<Old>(version, payload)?;
        let events: Events<A> = (self.0)(old).into_events();
        events.into_iter().for_each(each);
        Ok(())
    }
}
