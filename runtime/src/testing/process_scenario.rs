use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::happened::{Happened, is_same, set_for, shown_timer};
use super::round_trip;
use crate::aggregate::{Accepts, Command, Handle, Refusal};
use crate::event::{Event, encode};
use crate::metadata::Metadata;
use crate::process::{OnRejected, OnTimer, Process, ReactTo, Rehearsal, Stepped, Unrehearsed};
use crate::store::processes::DueTimer;
use crate::stream::StreamId;

/// How many timers may come due at one time: more are a process that sets a timer for at once each time.
const AT_ONCE: u32 = 100;

/// A test of a process, without a store: given what happened, when an event or a refusal comes or time passes, then
/// these commands and timers follow.
///
/// It is a test of one instance: the one that the first event concerns. Each step is taken as it is in a store, its
/// state, its commands and its timers go through JSON and back and must come out equal, and so does every event that
/// comes. What follows is compared by what is stored of it. The clock stands still unless it is moved.
///
/// ```
/// use std::time::Duration;
///
/// use annals::prelude::*;
/// use annals::process::{Out, Rejected, Timer};
/// use annals::testing::ProcessScenario;
///
/// #[derive(Event, Serialize, Deserialize)]
/// #[event("order.placed")]
/// struct OrderPlaced { order: String, cents: u64 }
///
/// #[derive(Event, Serialize, Deserialize)]
/// #[event("payment.taken")]
/// struct PaymentTaken { order: String }
///
/// #[derive(Command, Clone, Serialize, Deserialize)]
/// #[command("payment.take")]
/// struct TakePayment { order: String, cents: u64 }
///
/// #[derive(Aggregate, Default)]
/// #[aggregate(name = "payment", events(PaymentTaken), commands(TakePayment))]
/// struct Payment;
///
/// #[aggregate]
/// impl Payment {
///     fn taken(&mut self, _: PaymentTaken) {}
///     fn take(&self, command: TakePayment) -> Result<PaymentTaken, String> {
///         if command.cents > 1_000 { return Err("too much".to_owned()); }
///         Ok(PaymentTaken { order: command.order })
///     }
/// }
///
/// #[derive(Event, Serialize, Deserialize)]
/// #[event("payment.late")]
/// struct PaymentLate;
///
/// #[derive(Event, Serialize, Deserialize)]
/// #[event("fulfilment")]
/// struct Fulfilment { is_late: bool }
///
/// #[process(name = "fulfilment")]
/// impl Fulfilment {
///     #[key(event.order)]
///     fn placed(event: &OrderPlaced, out: &mut Out<Self>) -> Self {
///         let OrderPlaced { order, cents } = event;
///         out.to::<Payment>(order.as_str()).send(TakePayment { order: order.clone(), cents: *cents });
///         out.after(Duration::from_secs(60), PaymentLate);
///         Fulfilment { is_late: false }
///     }
///
///     #[key(event.order)]
///     fn paid(&mut self, _: &PaymentTaken, out: &mut Out<Self>) { out.finish(); }
///
///     fn refused(&mut self, _: &Rejected<Payment, TakePayment>, out: &mut Out<Self>) { out.finish(); }
///
///     fn late(&mut self, _: &Timer<PaymentLate>) { self.is_late = true; }
/// }
///
/// let placed = OrderPlaced { order: "17".to_owned(), cents: 500 };
/// let take = TakePayment { order: "17".to_owned(), cents: 500 };
///
/// ProcessScenario::<Fulfilment>::new()
///     .when(&placed)
///     .then_sends::<Payment, _>("17", take)
///     .then_sets(PaymentLate, Duration::from_secs(60))
///     .then_nothing_more();
///
/// ProcessScenario::<Fulfilment>::new()
///     .given(&placed)
///     .advance(Duration::from_secs(60))
///     .then_state(|fulfilment| assert!(fulfilment.is_late))
///     .when_rejected::<Payment, TakePayment>("too much".to_owned())
///     .then_finishes()
///     .when(&PaymentTaken { order: "17".to_owned() })
///     .then_ignores();
/// ```
pub struct ProcessScenario<P> {
    rehearsal: Rehearsal<P>,
    now: DateTime<Utc>,
    metadata: Metadata,
    happened: Happened,
    /// What the process failed at, and what therefore holds up the events that come later.
    held_up_by: Option<String>,
}

impl<P: Process> Default for ProcessScenario<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Process> ProcessScenario<P> {
    /// An instance that does not exist yet, at midnight of 1 January 2000.
    #[must_use = "a scenario without `when` tests nothing"]
    pub fn new() -> Self {
        ProcessScenario {
            rehearsal: Rehearsal::new(),
            now: DateTime::from_timestamp(946_684_800, 0).unwrap_or_default(),
            metadata: Metadata::new(),
            happened: Happened::default(),
            held_up_by: None,
        }
    }

    /// Sets the id of the instance, which is otherwise that of the first event's key.
    ///
    /// # Panics
    /// Where an event has said already which instance it is.
    #[must_use = "a scenario without `when` tests nothing"]
    #[track_caller]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        if let Some(known) = self.rehearsal.id() {
            panic!("the scenario is that of instance `{known}` already: call `id` before events");
        }
        self.rehearsal.name(id.into());
        self
    }

    /// Sets the clock for all that follows. Timers are left alone: [`ProcessScenario::advance`] lets them come due.
    #[must_use = "a scenario without `when` tests nothing"]
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.now = time;
        self
    }

    /// Says who causes the events that follow, and on account of what.
    #[must_use = "a scenario without `when` tests nothing"]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// Lets an event happen in the stream `test` of the instance's id, whose consequences are not looked at.
    ///
    /// # Panics
    /// Where the event concerns another instance, does not come out of its JSON as it went in, or the process fails.
    #[must_use = "a scenario without `when` tests nothing"]
    #[track_caller]
    pub fn given<E: Event>(self, event: &E) -> Self
    where
        P: ReactTo<E>,
    {
        let stream = self.own_stream();
        self.given_from(&stream, event)
    }

    /// As [`ProcessScenario::given`], in a stream.
    ///
    /// # Panics
    /// As [`ProcessScenario::given`].
    #[must_use = "a scenario without `when` tests nothing"]
    #[track_caller]
    pub fn given_from<E: Event>(self, stream: &StreamId, event: &E) -> Self
    where
        P: ReactTo<E>,
    {
        let mut scenario = self.when_from(stream, event);
        scenario.looked_at();
        scenario.happened = Happened::default();
        scenario
    }

    /// Lets an event happen in the stream `test` of the instance's id.
    ///
    /// # Panics
    /// Where the event concerns another instance, does not come out of its JSON as it went in, or waits behind one at
    /// which the process failed.
    #[must_use = "a scenario without `then` tests nothing"]
    #[track_caller]
    pub fn when<E: Event>(self, event: &E) -> Self
    where
        P: ReactTo<E>,
    {
        let stream = self.own_stream();
        self.when_from(&stream, event)
    }

    /// As [`ProcessScenario::when`], in a stream: for processes that look at it, in a `#[key(cx.stream().id())]` for
    /// example.
    ///
    /// # Panics
    /// As [`ProcessScenario::when`].
    #[must_use = "a scenario without `then` tests nothing"]
    #[track_caller]
    pub fn when_from<E: Event>(mut self, stream: &StreamId, event: &E) -> Self
    where
        P: ReactTo<E>,
    {
        let what = format!("event `{}`", E::TYPE);
        self.begin(&what);
        if let Err(wrong) = round_trip::check_one(event) {
            panic!("{wrong}");
        }
        let stepped = self
            .rehearsal
            .event(stream, event, self.now, &self.metadata);
        if self.took(stepped) {
            self.held_up_by = Some(what);
        }
        self
    }

    /// Lets the last command `C` that was sent to the aggregate `A` come back refused.
    ///
    /// # Panics
    /// Where none is on its way, the reason does not come out of its JSON as it went in, or the refusal waits behind an
    /// event at which the process failed.
    #[must_use = "a scenario without `then` tests nothing"]
    #[track_caller]
    pub fn when_rejected<A, C>(self, reason: A::Error) -> Self
    where
        A: Handle<C>,
        A::Error: Refusal,
        C: Command,
        P: OnRejected<A, C>,
    {
        self.rejected::<A, C>(None, &reason)
    }

    /// As [`ProcessScenario::when_rejected`], where the command went to this instance of the aggregate.
    ///
    /// # Panics
    /// As [`ProcessScenario::when_rejected`].
    #[must_use = "a scenario without `then` tests nothing"]
    #[track_caller]
    pub fn when_rejected_by<A, C>(self, id: impl Into<A::Id>, reason: A::Error) -> Self
    where
        A: Handle<C>,
        A::Error: Refusal,
        C: Command,
        P: OnRejected<A, C>,
    {
        let to = StreamId::new(A::NAME, id.into());
        self.rejected::<A, C>(Some(&to), &reason)
    }

    /// Lets time pass. Timers that come due do so one after another, each when it is due; one that was set for a time
    /// that has passed does so at once, be it that no time passes.
    ///
    /// # Panics
    /// Where timers come due without end.
    #[must_use = "a scenario without `then` tests nothing"]
    #[track_caller]
    pub fn advance(mut self, span: Duration) -> Self {
        self.looked_at();
        self.happened = Happened::after(format!("{span:?}"));
        let until = TimeDelta::from_std(span)
            .ok()
            .and_then(|span| self.now.checked_add_signed(span));
        let Some(until) = until else {
            panic!("the clock cannot be moved by {span:?}");
        };
        let mut at_once = 0;
        while let Some(due_at) = self.rehearsal.next_due().filter(|due_at| *due_at <= until) {
            at_once = if due_at > self.now { 1 } else { at_once + 1 };
            self.now = self.now.max(due_at);
            // What their steps set for at once comes after all of them.
            let due = self.rehearsal.due_timers(self.now);
            if let Some(first) = due.first().filter(|_| at_once > AT_ONCE) {
                let (name, now) = (&first.place.name, self.now);
                panic!(
                    "timer `{name}` comes due at {now} for ever: whenever it does, one is set for at once"
                );
            }
            for timer in due {
                let stepped = self.rehearsal.timer(&timer, self.now);
                // A timer that fails holds up nothing else.
                self.took(stepped);
            }
        }
        self.now = until;
        self
    }

    /// Demands that a command was sent, after those that were looked at before.
    ///
    /// # Panics
    /// Where another one was sent, or none, or the process failed.
    #[track_caller]
    pub fn then_sends<A, C>(mut self, id: impl Into<A::Id>, command: C) -> Self
    where
        A: Accepts<C>,
        C: Command,
    {
        let after = self.stepped();
        let to = StreamId::new(A::NAME, id.into());
        let json = stored(&command);
        let expected = format!("{} {json} to {to}", C::NAME);
        let found = self.happened.commands();
        let Some((found_to, found_command)) = self.happened.commands.pop_front() else {
            panic!("no more commands are sent after {after}\n  expected: {expected}");
        };
        assert!(
            found_to == to.as_str() && is_same::<C>(&found_command, &json),
            "another command is sent after {after}\n  found:    {found:#?}\n  expected: {expected}"
        );
        self
    }

    /// Demands that no commands were sent, besides those that were looked at before.
    ///
    /// # Panics
    /// Where one was sent, or the process failed.
    #[track_caller]
    pub fn then_sends_nothing(self) -> Self {
        let after = self.stepped();
        let found = self.happened.commands();
        assert!(
            found.is_empty(),
            "commands are sent after {after}\n  found:    {found:#?}\n  expected: none"
        );
        self
    }

    /// Demands that a timer was set that is due so long after the step that set it.
    ///
    /// # Panics
    /// Where none of its type was set, it was set otherwise, or the process failed.
    #[track_caller]
    pub fn then_sets<T: Event>(self, timer: T, after: Duration) -> Self
    where
        P: OnTimer<T>,
    {
        self.sets(&timer, &format!("due {after:?} after the step"), |set| {
            TimeDelta::from_std(after).is_ok_and(|after| set_for(set) == after)
        })
    }

    /// Demands that a timer was set that is due at a time.
    ///
    /// # Panics
    /// As [`ProcessScenario::then_sets`].
    #[track_caller]
    pub fn then_sets_at<T: Event>(self, timer: T, due_at: DateTime<Utc>) -> Self
    where
        P: OnTimer<T>,
    {
        self.sets(&timer, &format!("due at {due_at}"), |set| {
            set.due_at == due_at
        })
    }

    /// Demands that the timer of a type was cancelled, whether there was one or not.
    ///
    /// # Panics
    /// Where it was not, or was set after that, or the process failed.
    #[track_caller]
    pub fn then_cancels<T: Event>(mut self) -> Self
    where
        P: OnTimer<T>,
    {
        let after = self.stepped();
        let mut cancelled = self.happened.cancelled.iter();
        let Some(at) = cancelled.position(|name| T::LINEAGE.is_named(name)) else {
            let found = &self.happened.cancelled;
            panic!(
                "timer `{}` is not cancelled after {after}\n  found:    {found:?}",
                T::TYPE
            );
        };
        self.happened.cancelled.remove(at);
        self
    }

    /// Demands that the instance came to its end.
    ///
    /// # Panics
    /// Where it did not, or the process failed.
    #[track_caller]
    pub fn then_finishes(mut self) -> Self {
        let after = self.stepped();
        assert!(
            std::mem::take(&mut self.happened.is_finished),
            "the instance does not come to its end after {after}"
        );
        self
    }

    /// Looks at the state.
    ///
    /// # Panics
    /// Where there is no instance, or the process failed.
    #[track_caller]
    pub fn then_state(self, look: impl FnOnce(&P)) -> Self {
        self.looked_at();
        match self.rehearsal.state() {
            Ok(Some(state)) => look(&state),
            Ok(None) => panic!("there is no instance: no event has started one"),
            Err(wrong) => panic!("{wrong}"),
        }
        self
    }

    /// Demands that what came concerned nobody: there was no instance any more, or none yet, or no timer came due.
    ///
    /// # Panics
    /// Where a step was taken, or the process failed.
    #[track_caller]
    pub fn then_ignores(self) -> Self {
        let after = self.stepped();
        let steps = self.happened.steps;
        let found = self.happened.left();
        assert!(
            steps == 0,
            "the process takes {steps} {} after {after}\n  found:    {found:#?}\n  expected: none",
            if steps == 1 { "step" } else { "steps" }
        );
        self
    }

    /// Demands that the process failed, with a reason in which this text stands. The state is the one before; an event
    /// at which it failed waits for an operator, and those that come later wait behind it.
    ///
    /// # Panics
    /// Where it did not fail, or for another reason.
    #[track_caller]
    pub fn then_fails(mut self, reason: &str) -> Self {
        let after = self.came();
        let Some(found) = self.happened.failures.pop_front() else {
            let found = self.happened.left();
            panic!(
                "the process does not fail after {after}\n  found:    {found:#?}\n  expected: {reason}"
            );
        };
        assert!(
            found.contains(reason),
            "the process fails otherwise after {after}\n  found:    {found}\n  expected: {reason}"
        );
        self
    }

    /// Demands that nothing followed besides what was looked at before.
    ///
    /// # Panics
    /// Where something did.
    #[track_caller]
    pub fn then_nothing_more(self) -> Self {
        let after = self.came();
        let found = self.happened.left();
        assert!(
            found.is_empty(),
            "more follows after {after}\n  found:    {found:#?}\n  expected: nothing"
        );
        self
    }

    /// The stream of events for which none is named.
    fn own_stream(&self) -> StreamId {
        StreamId::new("test", self.rehearsal.id().unwrap_or("test"))
    }

    #[track_caller]
    fn rejected<A, C>(mut self, to: Option<&StreamId>, reason: &A::Error) -> Self
    where
        A: Handle<C>,
        A::Error: Refusal,
        C: Command,
    {
        let what = format!("the refusal of command `{}`", C::TYPE);
        self.begin(&what);
        let json = match through_json(reason) {
            Ok(json) => json,
            Err(wrong) => panic!("the reason of {what} {wrong}"),
        };
        let stepped = self.rehearsal.refusal::<A, C>(to, json, self.now);
        if self.took(stepped) {
            self.held_up_by = Some(what);
        }
        self
    }

    #[track_caller]
    fn sets<T: Event>(
        mut self,
        timer: &T,
        due: &str,
        is_due_then: impl FnOnce(&DueTimer) -> bool,
    ) -> Self {
        let after = self.stepped();
        let json = stored(timer);
        let (name, expected) = (T::TYPE, format!("{} {json} {due}", T::NAME));
        let mut set = self.happened.timers.iter();
        let Some(at) = set.position(|set| T::LINEAGE.is_named(&set.place.name)) else {
            let found = self.happened.timers();
            panic!(
                "timer `{name}` is not set after {after}\n  found:    {found:#?}\n  expected: {expected}"
            );
        };
        let found = self.happened.timers.remove(at);
        assert!(
            is_due_then(&found) && is_same::<T>(&found.content, &json),
            "timer `{name}` is set otherwise after {after}\n  found:    {}\n  expected: {expected}",
            shown_timer(&found)
        );
        self
    }

    /// An event comes, or a refusal, which is one.
    #[track_caller]
    fn begin(&mut self, what: &str) {
        self.looked_at();
        if let Some(before) = &self.held_up_by {
            panic!(
                "{what} waits behind {before}, at which the process failed\n  help: begin another scenario: in a store, \
                 what comes later waits until an operator has the first one tried again"
            );
        }
        self.happened = Happened::after(what.to_owned());
    }

    /// Takes down what came of a step. Answers whether the process failed.
    #[track_caller]
    fn took(&mut self, stepped: Stepped) -> bool {
        match stepped {
            Ok(Some(step)) => self.happened.add(step),
            Ok(None) => {}
            Err(Unrehearsed::Misfit(wrong)) => panic!("{wrong}"),
            Err(Unrehearsed::Failed(why)) => {
                self.happened.failures.push_back(why);
                return true;
            }
        }
        false
    }

    /// What came.
    #[track_caller]
    fn came(&self) -> String {
        let Some(after) = &self.happened.after else {
            panic!("nothing has come: call `when`, `when_rejected` or `advance` before `then_..`");
        };
        after.clone()
    }

    /// What came, where the process did not fail at it.
    #[track_caller]
    fn stepped(&self) -> String {
        self.looked_at();
        self.came()
    }

    /// Nothing is done after a failure that nobody expected.
    #[track_caller]
    fn looked_at(&self) {
        if let Some(why) = self.happened.failures.front() {
            let after = self.happened.after.as_deref().unwrap_or_default();
            panic!(
                "process `{}` fails after {after}\n  found:    {why}",
                P::TYPE
            );
        }
    }
}

/// What is stored of an event.
#[track_caller]
fn stored<E: Event>(event: &E) -> String {
    if let Err(wrong) = round_trip::check_one(event) {
        panic!("{wrong}");
    }
    encode(event).map_or_else(|unstorable| unstorable.reason, |encoded| encoded.payload)
}

/// A refusal as it is stored.
///
/// # Errors
/// What is wrong, in words.
fn through_json<R: Refusal>(refusal: &R) -> Result<String, String> {
    let wrong = |error: serde_json::Error| format!("does not read back: {error}");
    let json = serde_json::to_string(refusal).map_err(wrong)?;
    let back = serde_json::from_str::<R>(&json).map_err(wrong)?;
    let again = serde_json::to_value(&back).map_err(wrong)?;
    let value = serde_json::from_str::<serde_json::Value>(&json).map_err(wrong)?;
    if again != value {
        return Err(format!(
            "comes out of its JSON as another one\n  stored: {json}\n  after:  {again}"
        ));
    }
    Ok(json)
}

/// Without the state: what is debugged ends in logs.
impl<P> fmt::Debug for ProcessScenario<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessScenario")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
