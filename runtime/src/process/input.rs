//! What a process reacts to: what its methods become, and the table of them.

use std::any::{Any, TypeId};

use chrono::{DateTime, Utc};

use super::{OnRejected, OnTimer, Out, Process, ReactTo, Rejected, Timer};
use crate::aggregate::{Aggregate, AnyEvent, Command, Handle, Refusal, any_event};
use crate::error::Error;
use crate::event::{Event, EventKind, Lineage, Misfit, Recorded, RecordedEvent, decode, from_json};
use crate::projection::{Failure, typed};
use crate::stream::StreamId;

/// One thing to which a process reacts.
#[doc(hidden)]
pub struct Input<P: 'static>(pub(crate) On<P>);

pub(crate) enum On<P: 'static> {
    Event {
        lineage: &'static Lineage,
        event: fn() -> TypeId,
        rules: &'static dyn EventRules<P>,
    },
    Rejected {
        /// The name of the aggregate.
        aggregate: &'static str,
        command: &'static Lineage,
        rules: &'static dyn RejectedRules<P>,
    },
    Timer {
        kind: EventKind,
        rules: &'static dyn TimerRules<P>,
    },
}

impl<P: Process> Input<P> {
    /// The event `E`. It alone mentions that `E` is one, so that what is none is one error; likewise below.
    #[must_use]
    pub const fn event<E: Event>() -> Self
    where
        P: ReactTo<E>,
    {
        Input(On::Event {
            lineage: E::LINEAGE,
            event: TypeId::of::<E>,
            rules: &By(std::marker::PhantomData::<fn(E)>),
        })
    }

    /// The refusal of the command `C` by the aggregate `A`.
    #[must_use]
    pub const fn rejected<A, C>() -> Self
    where
        A: Handle<C>,
        C: Command,
        A::Error: Refusal,
        P: OnRejected<A, C>,
    {
        Input(On::Rejected {
            aggregate: <A as Aggregate>::NAME,
            command: C::LINEAGE,
            rules: &ByRejected(std::marker::PhantomData::<fn(A, C)>),
        })
    }

    /// The timer `T`.
    #[must_use]
    pub const fn timer<T: Event>() -> Self
    where
        P: OnTimer<T>,
    {
        Input(On::Timer {
            kind: EventKind::of::<T>(),
            rules: &By(std::marker::PhantomData::<fn(T)>),
        })
    }
}

/// What is done with one type of event.
pub(crate) trait EventRules<P: Process>: Sync {
    fn read(&self, version: u32, payload: &[u8]) -> Result<AnyEvent, Misfit>;

    fn key(&self, event: &dyn Any, cx: &Recorded) -> Result<String, Failure>;

    fn react(
        &self,
        state: Option<P>,
        event: &dyn Any,
        cx: &Recorded,
        out: &mut Out<P>,
    ) -> Result<Option<P>, Failure>;
}

/// Why a step did not take place.
pub(crate) enum Unstepped {
    /// What it is about, or the state before it, cannot be read.
    Unread(Error),
    Failed(Failure),
}

impl Unstepped {
    /// What is stored, and does not fit.
    pub(crate) fn unread(stored: &Recorded, misfit: Misfit) -> Self {
        Unstepped::Unread(Error::undecodable(stored, misfit))
    }

    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Unstepped::Unread(error) => Failure::new(error),
            Unstepped::Failed(failure) => failure,
        }
    }
}

/// A refused command as it is stored.
pub(crate) struct StoredRefusal<'a> {
    pub(crate) command: &'a RecordedEvent,
    pub(crate) refusal: &'a str,
    pub(crate) aggregate: StreamId,
    pub(crate) recorded: &'a Recorded,
}

/// What is done with refusals of one type of command.
pub(crate) trait RejectedRules<P: Process>: Sync {
    fn rejected(
        &self,
        state: P,
        stored: StoredRefusal<'_>,
        out: &mut Out<P>,
    ) -> Result<P, Unstepped>;
}

/// A timer as it is stored.
pub(crate) struct StoredTimer<'a> {
    /// The event that it was set with.
    pub(crate) content: &'a RecordedEvent,
    pub(crate) due_at: DateTime<Utc>,
}

/// What is done with one type of timer.
pub(crate) trait TimerRules<P: Process>: Sync {
    fn due(&self, state: P, stored: StoredTimer<'_>, out: &mut Out<P>) -> Result<P, Unstepped>;
}

struct By<E>(std::marker::PhantomData<fn(E)>);

impl<P: Process + ReactTo<E>, E: Event> EventRules<P> for By<E> {
    fn read(&self, version: u32, payload: &[u8]) -> Result<AnyEvent, Misfit> {
        decode::<E>(version, payload).map(any_event)
    }

    fn key(&self, event: &dyn Any, cx: &Recorded) -> Result<String, Failure> {
        P::key(typed::<E>(event)?, cx)
    }

    fn react(
        &self,
        state: Option<P>,
        event: &dyn Any,
        cx: &Recorded,
        out: &mut Out<P>,
    ) -> Result<Option<P>, Failure> {
        P::react(state, typed::<E>(event)?, cx, out)
    }
}

impl<P: Process + OnTimer<T>, T: Event> TimerRules<P> for By<T> {
    fn due(&self, state: P, stored: StoredTimer<'_>, out: &mut Out<P>) -> Result<P, Unstepped> {
        let StoredTimer { content, due_at } = stored;
        let content = read::<T>(content)?;
        P::due(state, &Timer::new(content, due_at), out).map_err(Unstepped::Failed)
    }
}

struct ByRejected<A, C>(std::marker::PhantomData<fn(A, C)>);

impl<P, A, C> RejectedRules<P> for ByRejected<A, C>
where
    P: Process + OnRejected<A, C>,
    A: Handle<C>,
    A::Error: Refusal,
    C: Command,
{
    fn rejected(
        &self,
        state: P,
        stored: StoredRefusal<'_>,
        out: &mut Out<P>,
    ) -> Result<P, Unstepped> {
        let StoredRefusal {
            command,
            refusal,
            aggregate,
            recorded,
        } = stored;
        let command = read::<C>(command)?;
        let reason = from_json(refusal.as_bytes());
        let reason = reason.map_err(|misfit| Unstepped::unread(recorded, misfit))?;
        let rejected = Rejected::new(command, reason, aggregate, recorded.clone());
        P::rejected(state, &rejected, out).map_err(Unstepped::Failed)
    }
}

fn read<E: Event>(stored: &RecordedEvent) -> Result<E, Unstepped> {
    let recorded = stored.recorded();
    decode::<E>(recorded.schema_version(), stored.payload())
        .map_err(|misfit| Unstepped::unread(recorded, misfit))
}
