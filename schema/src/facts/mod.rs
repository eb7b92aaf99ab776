//! A shape as a list of facts, one for each place in what is stored: the form in which it is kept and reviewed.
//!
//! ```
//! use annals_schema::{Facts, Schema};
//!
//! let facts = Facts::of(<Vec<Option<u32>>>::SHAPE).unwrap();
//! assert_eq!(facts.to_string(), ".: list\n[]: optional u32");
//! ```

pub(crate) mod describe;
mod fact;
mod parse;
mod path;
mod words;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use bumpalo::Bump;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Shape;
use crate::ordered::Ordered;

/// What is stored of a shape, one place after another, each with the word for it.
///
/// Equal lists are equal stored forms: names of types, the order of fields, newtypes and flattened structs leave no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts(Vec<(String, String)>);

/// What is wrong with a list of facts, or with a shape that is to become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The place, like `lines[].price`.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path, self.reason)
    }
}

impl std::error::Error for Flaw {}

impl Facts {
    /// The facts of a shape, each struct's fields and each enum's variants by name.
    ///
    /// # Errors
    /// Where it is nested deeper than 30 levels.
    pub fn of(shape: &Shape<'_>) -> Result<Self, Flaw> {
        write::write(shape).map(Facts)
    }

    /// A list that was kept. It is looked into by [`Facts::shape`] alone.
    #[must_use]
    pub fn kept(facts: Vec<(String, String)>) -> Self {
        Facts(facts)
    }

    /// The shape that has these facts. It lives as long as the memory that is given for it.
    ///
    /// # Errors
    /// Where the facts contradict each other, or are not in the words that [`Facts::of`] writes.
    pub fn shape<'a>(&self, memory: &'a Bump) -> Result<&'a Shape<'a>, Flaw> {
        let shape = parse::parse(&self.0, memory)?;
        // What was misread, or passed over, is not written again.
        let written = write::write(shape)?;
        let flaw = |(path, what): (&String, &String), reason: &str| Flaw {
            path: path.clone(),
            reason: format!("{reason} {what:?}"),
        };
        let kept: BTreeMap<_, _> = self.0.iter().map(|(path, what)| (path, what)).collect();
        let written: BTreeMap<_, _> = written.iter().map(|(path, what)| (path, what)).collect();
        for (path, what) in &kept {
            if written.get(path) != Some(what) {
                return Err(flaw((path, what), "does not fit what is said around it:"));
            }
        }
        match written
            .into_iter()
            .find(|(path, _)| !kept.contains_key(path))
        {
            Some(fact) => Err(flaw(fact, "is not said, and should be")),
            None => Ok(shape),
        }
    }

    /// Paths with what is stored there, in the order of the shape.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, what)| (path.as_str(), what.as_str()))
    }
}

/// One fact a line.
impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (path, what)) in self.iter().enumerate() {
            let between = if i == 0 { "" } else { "\n" };
            write!(f, "{between}{path}: {what}")?;
        }
        Ok(())
    }
}

/// Its facts, one a line.
impl fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Facts::of(self) {
            Ok(facts) => facts.fmt(f),
            Err(flaw) => flaw.fmt(f),
        }
    }
}

/// An object in the order of the shape, each place with what is stored there.
impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

/// As [`Facts::kept`]: what the list says is not looked into, but for a place that stands there twice.
impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ordered::deserialize(from).map(|Ordered(facts)| Facts(facts))
    }
}

#[cfg(test)]
mod tests {
    use super::Facts;
    use crate::Schema;

    #[test]
    fn what_is_written_is_read_in_its_order() {
        let facts = Facts::of(<(Vec<Option<u8>>, bool)>::SHAPE).expect("facts");
        let json = serde_json::to_string(&facts).expect("json");
        assert_eq!(
            json,
            r#"{".":"tuple","[0]":"list","[0][]":"optional u8","[1]":"bool"}"#
        );
        let read: Facts = serde_json::from_str(&json).expect("facts");
        assert_eq!(read, facts);
    }
}
