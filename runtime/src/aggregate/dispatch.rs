//! What the expansion of `#[derive(Aggregate)]` is made of.

use super::{Aggregate, Apply, Emits, EventSet, Events, IntoEvents, Kind};
use crate::event::{Lineage, Recorded};
use annals_schema::text::{Text, same};

/// One arm of an aggregate's dispatch. It alone mentions `Apply`, so that a missing one is one error.
#[doc(hidden)]
pub struct Arm<A, E> {
    apply: fn(&mut A, E, &Recorded),
    /// The tokens of the implementation.
    pub logic: Option<&'static str>,
    /// Whether it looks at how the event was recorded.
    pub sees_record: bool,
}

impl<A: Apply<E>, E> Arm<A, E> {
    /// The arm of the event `E`.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "made at compile time only")]
    pub const fn new() -> Self {
        Arm {
            apply: <A as Apply<E>>::apply,
            logic: <A as Apply<E>>::LOGIC,
            sees_record: <A as Apply<E>>::SEES_RECORD,
        }
    }
}

impl<A, E> Arm<A, E> {
    /// Applies the event.
    pub fn run(&self, aggregate: &mut A, event: E, cx: &Recorded) {
        (self.apply)(aggregate, event, cx);
    }
}

/// The answer of a deciding method as the events of its aggregate. It alone asks for the conversion, so that an answer
/// that cannot be stored is one error.
#[doc(hidden)]
pub fn answer<A: Aggregate, T: IntoEvents<A>, E>(answer: Result<T, E>) -> Result<Events<A>, E> {
    answer.map(T::into_events)
}

/// What a deciding method answers: finds the error behind an alias of `Result`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a method that decides answers a `Result`, not `{Self}`",
    label = "expected `Result<Event, Error>`"
)]
pub trait Answer {
    /// Why a command can be refused.
    type Error;
}

impl<T, E> Answer for Result<T, E> {
    type Error = E;
}

/// Stops the compiler where a method applies an event that cannot happen to the aggregate.
#[doc(hidden)]
pub const fn listed<A: Emits<E>, E>() {}

/// Stops the compiler where two events of an aggregate are stored under one name: a stored event could be read as
/// either.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn unique_names<A: Aggregate>() {
    let kinds = <A::Event as EventSet>::KINDS;
    let mut i = 0;
    while i < kinds.len() {
        let mut j = i + 1;
        while j < kinds.len() {
            if let Some(name) = shared_name(kinds[i].lineage, kinds[j].lineage) {
                clash::<A>(&kinds[i], &kinds[j], name);
            }
            j += 1;
        }
        i += 1;
    }
}

#[track_caller]
const fn clash<A: Aggregate>(one: &Kind<A::Event>, other: &Kind<A::Event>, name: &str) {
    let clash = Text::new()
        .and("aggregate `")
        .and(A::NAME)
        .and("` lists `")
        .and(one.type_name)
        .and("` and `")
        .and(other.type_name)
        .and("`, which are both stored as `")
        .and(name)
        .and("`\nhelp: ");
    let clash = if one.lineage.version == other.lineage.version {
        clash.and("give one of them another name")
    } else {
        clash.and("list the newest version alone: older ones are read through its upcasts")
    };
    panic!("{}", clash.as_str());
}

const fn shared_name(one: &Lineage, other: &Lineage) -> Option<&'static str> {
    if is_named(other, one.name) {
        return Some(one.name);
    }
    let mut i = 0;
    while i < one.aliases.len() {
        if is_named(other, one.aliases[i]) {
            return Some(one.aliases[i]);
        }
        i += 1;
    }
    None
}

const fn is_named(lineage: &Lineage, name: &str) -> bool {
    // Events that the derive refused have no name, and their mistakes are reported already.
    if name.is_empty() {
        return false;
    }
    if same(lineage.name, name) {
        return true;
    }
    let mut i = 0;
    while i < lineage.aliases.len() {
        if same(lineage.aliases[i], name) {
            return true;
        }
        i += 1;
    }
    false
}

/// Stops the compiler where a snapshotted aggregate applies an event by an implementation that was written by hand, and
/// no logic version says when the rules change.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_logic_version<A: Aggregate>() {
    let Some(snapshots) = A::SNAPSHOTS else {
        return;
    };
    if snapshots.logic.is_some() {
        return;
    }
    let mut i = 0;
    while i < A::LOGIC.len() {
        if A::LOGIC[i].is_none() {
            let blind = Text::new()
                .and("aggregate `").and(A::NAME).and("` has snapshots, but `Apply<")
                .and(<A::Event as EventSet>::KINDS[i].type_name)
                .and(">` is written by hand, so that a change of it cannot be seen\nhelp: add `logic = 1` to `snapshot(..)`, and raise it with each change");
            panic!("{}", blind.as_str());
        }
        i += 1;
    }
}

/// Stops the compiler where the state of a snapshotted aggregate holds, however deep, what JSON loses.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_whole_state<A: Aggregate>() {
    let Some(snapshots) = A::SNAPSHOTS else {
        return;
    };
    if !snapshots.shape.is_whole() {
        let lossy = Text::new()
            .and("aggregate `").and(A::NAME)
            .and("` has snapshots, but its state holds what JSON loses: a field that serde skips, an option of something that can be null itself, or an untagged enum\nhelp: store it in another form, or take out `snapshot(..)`");
        panic!("{}", lossy.as_str());
    }
}
