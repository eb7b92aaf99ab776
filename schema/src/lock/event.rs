use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::file::{LockError, event_file, in_its_place, parse, quoted};
use crate::Facts;
use crate::ordered::Ordered;

/// Every released version of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedEvent {
    /// The name under which it is stored.
    pub name: String,
    /// Further names under which it was stored.
    pub aliases: BTreeSet<String>,
    /// The versions.
    pub versions: BTreeMap<u32, LockedVersion>,
}

/// One released version of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedVersion {
    /// What no shape shows, in the user's words; empty where nothing was said.
    pub meaning: String,
    /// What is stored.
    pub shape: Facts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    event: String,
    #[serde(default)]
    aliases: BTreeSet<String>,
    versions: Ordered<FileVersion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileVersion {
    #[serde(default)]
    meaning: String,
    shape: Facts,
}

impl LockedEvent {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Where it is no lock of an event.
    pub fn parse(path: &str, text: &str) -> Result<Self, LockError> {
        let file: File = parse(path, text)?;
        let own = event_file(&file.event);
        in_its_place(path, "event", &file.event, &own)?;
        let mut versions = BTreeMap::new();
        for (number, version) in file.versions.0 {
            // There is one way to write each number: `1` and `01` would be one version.
            let is_number = |read: &u32| *read > 0 && read.to_string() == number;
            let Some(number) = number.parse().ok().filter(is_number) else {
                return Err(LockError::new(
                    path,
                    format!("has a version {number:?}, expected a whole number from 1"),
                    "take the file back from version control",
                ));
            };
            let locked = LockedVersion {
                meaning: version.meaning,
                shape: version.shape,
            };
            versions.insert(number, locked);
        }
        Ok(LockedEvent {
            name: file.event,
            aliases: file.aliases,
            versions,
        })
    }

    /// The newest version; 0 where there is none.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.versions.keys().next_back().copied().unwrap_or(0)
    }
}

/// The text of the file.
impl fmt::Display for LockedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{{\n  \"event\": {},", quoted(&self.name))?;
        if !self.aliases.is_empty() {
            let aliases: Vec<_> = self.aliases.iter().map(|alias| quoted(alias)).collect();
            writeln!(f, "  \"aliases\": [\n    {}\n  ],", aliases.join(",\n    "))?;
        }
        writeln!(f, "  \"versions\": {{")?;
        for (i, (number, version)) in self.versions.iter().enumerate() {
            writeln!(f, "    \"{number}\": {{")?;
            if !version.meaning.is_empty() {
                writeln!(f, "      \"meaning\": {},", quoted(&version.meaning))?;
            }
            writeln!(f, "      \"shape\": {{")?;
            write_facts(f, &version.shape, "        ")?;
            let comma = if i + 1 == self.versions.len() {
                ""
            } else {
                ","
            };
            writeln!(f, "      }}\n    }}{comma}")?;
        }
        writeln!(f, "  }}\n}}")
    }
}

/// One fact a line.
pub(super) fn write_facts(f: &mut fmt::Formatter<'_>, facts: &Facts, indent: &str) -> fmt::Result {
    let mut facts = facts.iter().peekable();
    while let Some((path, what)) = facts.next() {
        let comma = if facts.peek().is_some() { "," } else { "" };
        writeln!(f, "{indent}{}: {}{comma}", quoted(path), quoted(what))?;
    }
    Ok(())
}
