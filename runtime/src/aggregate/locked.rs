//! What a locked aggregate must go on reading. It runs in the compiler, and what it has to say is a panic at `events(..)`.

use annals_schema::text::{Text, is_among, same};

use super::{Aggregate, EventSet};
use crate::event::Lineage;

/// Stops the compiler where events that are locked for an aggregate are read no more, or not in their newest version: its
/// streams may hold them.
///
/// # Panics
/// At compile time only.
#[doc(hidden)]
#[track_caller]
pub const fn require_events<A: Aggregate>(file: &str, locked: &[&str]) {
    let kinds = <A::Event as EventSet>::KINDS;
    let mut i = 0;
    while i < kinds.len() {
        let lineage = kinds[i].lineage;
        if lineage.version < lineage.release.newest {
            outdated::<A>(lineage);
        }
        // An event that the derive refused has no name, and its mistake is reported already.
        if lineage.name.is_empty() {
            return;
        }
        i += 1;
    }
    let mut i = 0;
    while i < locked.len() {
        if !reads::<A>(locked[i]) {
            let gone = Text::new()
                .and("aggregate `").and(A::NAME).and("` reads event `").and(locked[i])
                .and("` no more, and its streams may hold it\n").and(file).and(": ").and(locked[i])
                .and("\nin this source: no event of this name\nhelp: if it was renamed, add `aliases(\"").and(locked[i])
                .and("\")` to the event that took its place; if it is written no more, keep it in `reads(..)`");
            panic!("{}", gone.as_str());
        }
        i += 1;
    }
}

#[track_caller]
const fn outdated<A: Aggregate>(lineage: &Lineage) {
    let outdated = Text::new()
        .and("aggregate `")
        .and(A::NAME)
        .and("` lists `")
        .and(lineage.type_name)
        .and("`, which is version ")
        .number(lineage.version)
        .and(" of event `")
        .and(lineage.name)
        .and("`, and version ")
        .number(lineage.release.newest)
        .and(" is locked\nhelp: list the type of version ")
        .number(lineage.release.newest)
        .and(": older versions are read through its upcasts");
    panic!("{}", outdated.as_str());
}

const fn reads<A: Aggregate>(name: &str) -> bool {
    let kinds = <A::Event as EventSet>::KINDS;
    let mut i = 0;
    while i < kinds.len() {
        let mut version = Some(kinds[i].lineage);
        while let Some(of) = version {
            if same(of.name, name) || is_among(name, of.aliases) {
                return true;
            }
            version = of.below;
        }
        i += 1;
    }
    false
}
