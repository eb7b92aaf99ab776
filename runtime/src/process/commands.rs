//! The commands that the aggregates of an app take.

use std::fmt;

use crate::aggregate::{Accepted, Aggregate, Deliver};
use crate::event::Lineage;

/// Who takes which command.
#[derive(Default)]
pub(crate) struct Commands(Vec<(&'static str, &'static Accepted)>);

impl Commands {
    pub(crate) fn add<A: Aggregate>(&mut self) {
        let accepted = A::COMMANDS.iter();
        self.0.extend(accepted.map(|command| (A::NAME, command)));
    }

    /// What is stored of commands that are sent.
    pub(crate) fn lineages(&self) -> impl Iterator<Item = &'static Lineage> {
        self.0.iter().map(|(_, accepted)| accepted.kind.lineage)
    }

    /// How a command of this name gets to an aggregate.
    pub(crate) fn find(&self, aggregate: &str, command: &str) -> Option<&'static dyn Deliver> {
        let mut known = self.0.iter();
        let found = known
            .find(|(of, accepted)| *of == aggregate && accepted.kind.lineage.is_named(command));
        found.map(|(_, accepted)| accepted.deliver)
    }
}

impl fmt::Debug for Commands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter();
        f.debug_list()
            .entries(names.map(|(_, accepted)| accepted.kind.lineage.name))
            .finish()
    }
}
