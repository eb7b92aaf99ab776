//! What is wrong with a file, and where.

use std::fmt;
use std::sync::Arc;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<str>,
    /// From 1.
    pub line: usize,
}

impl Place {
    /// A fault here.
    pub fn fault(&self, column: usize, expected: String, found: String) -> Fault {
        Fault {
            place: self.clone(),
            misread: Misread {
                column,
                expected,
                found,
            },
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A place in a line where something else was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// From 1, in bytes: the files are ASCII.
    pub column: usize,
    pub expected: String,
    pub found: String,
}

impl Misread {
    pub fn new(column: usize, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Misread {
            column,
            expected: expected.into(),
            found: found.into(),
        }
    }
}

/// One line that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub misread: Misread,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Misread {
            column,
            expected,
            found,
        } = &self.misread;
        let place = &self.place;
        write!(f, "{place}:{column}: expected {expected}, found {found}")
    }
}

/// All lines that cannot be used, of one file after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

/// A wrong column makes every line of a file wrong, and nobody reads 28,000 messages.
const SHOWN_PER_FILE: usize = 20;

impl Faults {
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Adds what another file came to.
    pub fn append(&mut self, mut others: Faults) {
        self.0.append(&mut others.0);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `()` where there is no fault.
    pub fn into_result(self) -> Result<(), Faults> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        let mut faults: Vec<_> = faults.into_iter().collect();
        faults.sort_by(|one, other| one.place.cmp(&other.place));
        Faults(faults)
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self
            .0
            .chunk_by(|one, next| one.place.file == next.place.file);
        for (index, faults) in files.enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let file = &faults[0].place.file;
            match faults.len() {
                1 => write!(f, "{file} has a line that cannot be used")?,
                count => write!(f, "{file} has {count} lines that cannot be used")?,
            }
            for fault in faults.iter().take(SHOWN_PER_FILE) {
                write!(f, "\n  {fault}")?;
            }
            if faults.len() > SHOWN_PER_FILE {
                write!(f, "\n  .. and {} more", faults.len() - SHOWN_PER_FILE)?;
            }
        }
        Ok(())
    }
}
