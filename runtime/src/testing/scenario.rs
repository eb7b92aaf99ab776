use std::fmt::Debug;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::round_trip;
use crate::aggregate::{Aggregate, Context, EventSet, Events, Handle};
use crate::event::Recorded;
use crate::metadata::Metadata;
use crate::stream::{Position, StreamId, Version};

/// A test of an aggregate, without a store: given what happened, when a command comes, then this follows.
///
/// Every event that passes through it, given or decided, also goes through JSON and back and must come out equal. Derive
/// `PartialEq` on your events to have lost fields found too.
///
/// ```
/// use annals::prelude::*;
/// use annals::testing::Scenario;
///
/// #[derive(Event, Serialize, Deserialize)]
/// #[event("door.opened")]
/// struct Opened;
///
/// #[derive(Clone)]
/// struct Open;
///
/// #[derive(Aggregate, Default)]
/// #[aggregate(events(Opened))]
/// struct Door { is_open: bool }
///
/// #[aggregate]
/// impl Door {
///     fn opened(&mut self, _: Opened) { self.is_open = true; }
///     fn open(&self, _: Open) -> Result<Opened, String> {
///         if self.is_open { Err("it is open".into()) } else { Ok(Opened) }
///     }
/// }
///
/// Scenario::<Door>::new().when(Open).then(Opened);
/// Scenario::<Door>::new().given(Opened).when(Open).then_refused("it is open".to_owned());
/// ```
#[derive(Debug)]
pub struct Scenario<A> {
    state: A,
    stream: StreamId,
    version: u64,
    now: DateTime<Utc>,
    metadata: Metadata,
}

impl<A: Aggregate> Default for Scenario<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: Aggregate> Scenario<A> {
    /// An instance that does not exist yet, at midnight of 1 January 2000.
    #[must_use = "a scenario without `when` tests nothing"]
    pub fn new() -> Self {
        let now = DateTime::from_timestamp(946_684_800, 0).unwrap_or_default();
        Scenario {
            state: A::default(),
            stream: StreamId::new(A::NAME, "test"),
            version: 0,
            now,
            metadata: Metadata::new(),
        }
    }

    /// Sets the id of the instance.
    pub fn id(mut self, id: impl Into<A::Id>) -> Self {
        self.stream = StreamId::new(A::NAME, id.into());
        self
    }

    /// Moves the clock for all that follows.
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.now = time;
        self
    }

    /// Says who causes all that follows, and on account of what.
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// Lets events happen.
    ///
    /// # Panics
    /// Where an event does not come out of its JSON as it went in.
    #[must_use = "a scenario without `when` tests nothing"]
    #[track_caller]
    pub fn given(mut self, events: impl Into<Events<A>>) -> Self {
        for event in events.into() {
            self.happen(event);
        }
        self
    }

    /// Sends a command.
    pub fn when<C>(self, command: C) -> Outcome<A, A::Error>
    where
        A: Handle<C>,
    {
        let context = Context::new(
            self.stream.clone(),
            Version::new(self.version),
            self.now,
            None,
            self.metadata.clone(),
            Uuid::from_u128(u128::from(self.version)),
        );
        let answer = self.state.handle(command, &context);
        Outcome {
            scenario: self,
            answer,
        }
    }

    /// Looks at the state.
    pub fn then_state(self, look: impl FnOnce(&A)) -> Self {
        look(&self.state);
        self
    }

    #[track_caller]
    fn happen(&mut self, event: A::Event) {
        if let Err(wrong) = round_trip::check(&event) {
            panic!("{wrong}");
        }
        self.version += 1;
        let recorded = Recorded {
            tenant: "".into(),
            stream: self.stream.clone(),
            version: Version::new(self.version),
            position: Position::new(self.version),
            event_id: Uuid::from_u128(u128::from(self.version)),
            event_type: event.name().into(),
            schema_version: event
                .encode(false)
                .map_or(0, |encoded| encoded.schema_version),
            recorded_at: self.now,
            occurred_at: self.now,
            metadata: self.metadata.clone(),
        };
        self.state.evolve(event, &recorded);
    }
}

/// What came of a command in a scenario.
#[must_use = "an outcome that is not looked at tests nothing"]
pub struct Outcome<A: Aggregate, E> {
    scenario: Scenario<A>,
    answer: Result<Events<A>, E>,
}

impl<A: Aggregate, E: Debug> Outcome<A, E> {
    /// Demands that exactly these events follow, and lets them happen.
    ///
    /// # Panics
    /// Where the command was refused, other events follow, or one does not come out of its JSON as it went in.
    #[track_caller]
    pub fn then(self, expected: impl Into<Events<A>>) -> Scenario<A> {
        let Outcome {
            mut scenario,
            answer,
        } = self;
        let expected: Vec<_> = expected.into().iter().map(round_trip::shown).collect();
        match answer {
            Err(refusal) => panic!(
                "the command was refused\n  with:     {refusal:?}\n  expected: {expected:#?}"
            ),
            Ok(events) => {
                let found: Vec<_> = events.iter().map(round_trip::shown).collect();
                assert!(
                    found == expected,
                    "other events follow\n  found:    {found:#?}\n  expected: {expected:#?}"
                );
                for event in events {
                    scenario.happen(event);
                }
            }
        }
        scenario
    }

    /// Demands that the command is accepted and nothing follows.
    ///
    /// # Panics
    /// Where it was refused, or an event follows.
    #[track_caller]
    pub fn then_nothing(self) -> Scenario<A> {
        self.then(())
    }

    /// Demands that the command is refused so.
    ///
    /// # Panics
    /// Where it was accepted, or refused otherwise.
    #[track_caller]
    pub fn then_refused(self, expected: E) -> Scenario<A>
    where
        E: PartialEq,
    {
        match self.answer {
            Ok(events) => {
                let found: Vec<_> = events.iter().map(round_trip::shown).collect();
                panic!(
                    "the command was accepted\n  found:    {found:#?}\n  expected: {expected:?}"
                );
            }
            Err(refusal) => {
                assert!(
                    refusal == expected,
                    "refused otherwise\n  found:    {refusal:?}\n  expected: {expected:?}"
                );
            }
        }
        self.scenario
    }
}

impl<A: Aggregate, E: Debug> Debug for Outcome<A, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome")
            .field("refusal", &self.answer.as_ref().err())
            .finish_non_exhaustive()
    }
}
