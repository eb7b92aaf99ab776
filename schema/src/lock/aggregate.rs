use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;

use super::event::write_facts;
use super::file::{LockError, aggregate_file, in_its_place, parse, quoted};
use crate::Facts;

/// What was released of one aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedAggregate {
    /// Its name.
    pub name: String,
    /// The stored names of the events that its streams may hold.
    pub events: BTreeSet<String>,
    /// Its state, where it is snapshotted. A change of it is never a mistake: snapshots are made anew.
    pub state: Option<Facts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    aggregate: String,
    events: BTreeSet<String>,
    state: Option<Facts>,
}

impl LockedAggregate {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Where it is no lock of an aggregate.
    pub fn parse(path: &str, text: &str) -> Result<Self, LockError> {
        let file: File = parse(path, text)?;
        let own = aggregate_file(&file.aggregate);
        in_its_place(path, "aggregate", &file.aggregate, &own)?;
        Ok(LockedAggregate {
            name: file.aggregate,
            events: file.events,
            state: file.state,
        })
    }
}

/// The text of the file.
impl fmt::Display for LockedAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{{\n  \"aggregate\": {},", quoted(&self.name))?;
        let events: Vec<_> = self.events.iter().map(|event| quoted(event)).collect();
        write!(f, "  \"events\": [\n    {}\n  ]", events.join(",\n    "))?;
        if let Some(state) = &self.state {
            writeln!(f, ",\n  \"state\": {{")?;
            write_facts(f, state, "    ")?;
            write!(f, "  }}")?;
        }
        writeln!(f, "\n}}")
    }
}
