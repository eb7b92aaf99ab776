//! What the compiler insists on for `exhaustive(..)`.

use annals_schema::text::{Text, same};

use super::event_handler::{AsyncHandler, EventHandler};
use super::handler::{Handler, Projection};
use crate::aggregate::{Aggregate, EventSet};
use crate::event::{Event, Lineage};

/// An event in `ignore(..)`.
#[doc(hidden)]
#[must_use]
pub const fn ignored<E: Event>() -> &'static Lineage {
    E::LINEAGE
}

/// Stops the compiler where an event of the aggregate `A` is neither handled nor ignored by the projection `P`.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_projected<A: Aggregate, P: Projection>(ignored: &[&Lineage]) {
    let kinds = <A::Event as EventSet>::KINDS;
    let mut i = 0;
    while i < kinds.len() {
        let kind = &kinds[i];
        if !handles::<P>(P::HANDLERS, kind.lineage) && !is_among(ignored, kind.lineage) {
            missing(
                P::NAME,
                A::NAME,
                kind.type_name,
                "fn handled(&mut self, event: &",
                ") { .. }",
            );
        }
        i += 1;
    }
}

/// As [`require_projected`], for a projection that writes by itself.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_handled<A: Aggregate, H: EventHandler>(ignored: &[&Lineage]) {
    let kinds = <A::Event as EventSet>::KINDS;
    let mut i = 0;
    while i < kinds.len() {
        let kind = &kinds[i];
        if !handles_async::<H>(H::HANDLERS, kind.lineage) && !is_among(ignored, kind.lineage) {
            missing(
                H::NAME,
                A::NAME,
                kind.type_name,
                "async fn handled(&self, event: &",
                ", tx: &mut Tx) -> Result<(), Error> { .. }",
            );
        }
        i += 1;
    }
}

const fn handles<P>(handlers: &[Handler<P>], of: &Lineage) -> bool {
    let mut i = 0;
    while i < handlers.len() {
        if same(handlers[i].lineage.name, of.name) {
            return true;
        }
        i += 1;
    }
    false
}

const fn handles_async<H>(handlers: &[AsyncHandler<H>], of: &Lineage) -> bool {
    let mut i = 0;
    while i < handlers.len() {
        if same(handlers[i].lineage.name, of.name) {
            return true;
        }
        i += 1;
    }
    false
}

const fn is_among(lineages: &[&Lineage], of: &Lineage) -> bool {
    let mut i = 0;
    while i < lineages.len() {
        if same(lineages[i].name, of.name) {
            return true;
        }
        i += 1;
    }
    false
}

#[track_caller]
const fn missing(projection: &str, aggregate: &str, event: &str, before: &str, after: &str) {
    let missing = Text::new()
        .and("projection `")
        .and(projection)
        .and("` neither handles nor ignores `")
        .and(event)
        .and("` of aggregate `")
        .and(aggregate)
        .and("`\nhelp: add `")
        .and(before)
        .and(event)
        .and(after)
        .and("`, or `ignore(")
        .and(event)
        .and(")`");
    panic!("{}", missing.as_str());
}
