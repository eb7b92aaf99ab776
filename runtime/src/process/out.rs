//! What a step decides besides the state.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{OnRejected, OnTimer, Process};
use crate::aggregate::{Accepts, Aggregate, Command, Handle};
use crate::event::{Encoded, Event, Lineage, Unstorable, encode, reads_back};
use crate::stream::StreamId;

/// What a process asks for in a step: commands to send, timers to set and to cancel, and to come to an end. A method takes it
/// as `out: &mut Out<Self>`.
///
/// All of it is stored together with the state after the step, or none of it. A command is sent after that, in the order of the
/// steps to each aggregate, until it was accepted or refused; it takes effect once.
///
/// ```
/// # use annals::prelude::*;
/// # fn doc<P, Payment, ChargePayment, PaymentTimeout>(out: &mut annals::process::Out<P>, charge: ChargePayment, timeout: PaymentTimeout)
/// # where P: annals::process::Process + annals::process::OnRejected<Payment, ChargePayment> + annals::process::OnTimer<PaymentTimeout>,
/// #     Payment: annals::Handle<ChargePayment> + annals::Accepts<ChargePayment> + Aggregate<Id = String>, ChargePayment: annals::Command, PaymentTimeout: Event {
/// out.to::<Payment>("order-17").send(charge);
/// out.after(std::time::Duration::from_secs(30 * 60), timeout);
/// # }
/// ```
pub struct Out<P> {
    id: String,
    /// What the new ids of this step are made of.
    seed: Uuid,
    ids: u64,
    /// Whether what is asked for is read back at once.
    verifies: bool,
    decided: Decided,
    process: PhantomData<fn() -> P>,
}

/// What a step decided.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    pub(crate) sent: Vec<Sent>,
    /// In the order in which they were asked for.
    pub(crate) timers: Vec<TimerChange>,
    pub(crate) is_finished: bool,
    /// The first thing that cannot be stored.
    pub(crate) unstorable: Option<Unstorable>,
}

/// A command that is to be sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) to: StreamId,
    pub(crate) command: Encoded,
}

#[derive(Debug)]
pub(crate) enum TimerChange {
    Set {
        lineage: &'static Lineage,
        content: Encoded,
        when: When,
    },
    Cancel {
        lineage: &'static Lineage,
    },
}

/// When a timer is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// So long after the step was stored.
    After(Duration),
    At(DateTime<Utc>),
}

impl<P: Process> Out<P> {
    pub(crate) fn new(id: &str, seed: Uuid, verifies: bool) -> Self {
        Out {
            id: id.to_owned(),
            seed,
            ids: 0,
            verifies,
            decided: Decided::default(),
            process: PhantomData,
        }
    }

    pub(crate) fn into_decided(self) -> Decided {
        self.decided
    }

    /// The id of the instance: the key of the events that concern it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A new id, different at each call and in each step, and the same again where the step is tried again.
    #[must_use]
    pub fn new_id(&mut self) -> Uuid {
        self.ids += 1;
        let digest = Sha256::new()
            .chain_update(self.seed)
            .chain_update(P::PROCESS)
            .chain_update([0])
            .chain_update(&self.id)
            .chain_update(self.ids.to_be_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// The instance of an aggregate to which a command goes.
    #[must_use = "nothing is sent until a command is named"]
    pub fn to<A: Aggregate>(&mut self, id: impl Into<A::Id>) -> To<'_, P, A> {
        To {
            stream: StreamId::new(A::NAME, id.into()),
            out: self,
            aggregate: PhantomData,
        }
    }

    /// Sets a timer that is due so long after this step was stored, by the clock of the database. An instance has one timer of
    /// each type at most: set again, it is due at the new time, with the new content. Kept to the millisecond.
    pub fn after<T: SetBy<P>>(&mut self, delay: Duration, timer: T) {
        self.set(&timer, When::After(delay));
    }

    /// Sets a timer that is due at a time, or at once where the time has passed. See [`Out::after`].
    pub fn at<T: SetBy<P>>(&mut self, time: DateTime<Utc>, timer: T) {
        self.set(&timer, When::At(time));
    }

    /// Cancels the timer of a type, if there is one: whatever happens meanwhile, it does not come due after this step.
    pub fn cancel<T: Event>(&mut self)
    where
        P: OnTimer<T>,
    {
        let lineage = T::LINEAGE;
        self.decided.timers.push(TimerChange::Cancel { lineage });
    }

    /// Ends the instance with this step: its timers are cancelled, and nothing that happens later concerns it. Commands that
    /// were sent are delivered all the same.
    pub fn finish(&mut self) {
        self.decided.is_finished = true;
    }

    fn set<T: Event>(&mut self, timer: &T, when: When) {
        match self.encode(timer) {
            Ok(content) => {
                let lineage = T::LINEAGE;
                let set = TimerChange::Set {
                    lineage,
                    content,
                    when,
                };
                self.decided.timers.push(set);
            }
            Err(unstorable) => self.refuse(unstorable),
        }
    }

    fn encode<E: Event>(&self, asked_for: &E) -> Result<Encoded, Unstorable> {
        let encoded = encode(asked_for)?;
        if self.verifies {
            reads_back(&encoded, Some(asked_for))?;
        }
        Ok(encoded)
    }

    fn refuse(&mut self, unstorable: Unstorable) {
        self.decided.unstorable.get_or_insert(unstorable);
    }
}

impl<P> fmt::Debug for Out<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Out")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// An instance of an aggregate to which a process sends a command. Made by [`Out::to`].
#[derive(Debug)]
#[must_use = "nothing is sent until a command is named"]
pub struct To<'a, P, A> {
    stream: StreamId,
    out: &'a mut Out<P>,
    aggregate: PhantomData<fn() -> A>,
}

impl<P: Process, A: Aggregate> To<'_, P, A> {
    /// Sends a command. Where the aggregate refuses it, the process is told.
    pub fn send<C: SentBy<P, A>>(self, command: C) {
        self.put(&command);
    }

    /// Sends a command whose refusal is of no concern: it is recorded, and the process is told only
    /// where it has a method that reacts to it.
    pub fn send_and_forget<C: SentTo<A>>(self, command: C) {
        self.put(&command);
    }

    fn put<C: Command>(self, command: &C) {
        match self.out.encode(command) {
            Ok(command) => self.out.decided.sent.push(Sent {
                to: self.stream,
                command,
            }),
            Err(unstorable) => self.out.refuse(unstorable),
        }
    }
}

/// A command that can be sent to the aggregate `A`, which [accepts](Accepts) it.
///
/// The command comes first, so that it is known when the compiler says what is missing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command that can be sent",
    label = "not a command as data",
    note = "add `#[derive(Command, Clone, Serialize, Deserialize)]` and `#[command(\"its.name\")]` to `{Self}`"
)]
pub trait SentTo<A>: Command {}

impl<A: Accepts<C>, C: Command> SentTo<A> for C {}

/// A command that the process `P` can send to the aggregate `A`, and whose refusal it [reacts to](OnRejected).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command that can be sent",
    label = "not a command as data",
    note = "add `#[derive(Command, Clone, Serialize, Deserialize)]` and `#[command(\"its.name\")]` to `{Self}`"
)]
pub trait SentBy<P, A>: Command {}

impl<P: OnRejected<A, C>, A: Accepts<C> + Handle<C>, C: Command> SentBy<P, A> for C {}

/// A timer that the process `P` can set, and which it [reacts to](OnTimer).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event, with which timers are set",
    label = "not an event",
    note = "add `#[derive(Event, Serialize, Deserialize)]` and `#[event(\"its.name\")]` to `{Self}`"
)]
pub trait SetBy<P>: Event {}

impl<P: OnTimer<T>, T: Event> SetBy<P> for T {}
