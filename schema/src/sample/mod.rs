//! Payloads made from a shape: what serde could have stored for a value of the type.
//!
//! ```
//! use annals_schema::{Schema, sample};
//!
//! let shape = <Vec<Option<bool>>>::SHAPE;
//! assert_eq!(sample::smallest(shape).unwrap().to_string(), "[]");
//! assert_eq!(sample::fullest(shape).unwrap().to_string(), "[true]");
//! ```

mod enums;
mod fields;
mod values;

use serde_json::Value;

use crate::compare::place::{Path, Step};
use crate::{Flaw, Shape};

/// The smallest payload: everything is absent that may be absent, lists and maps are empty, numbers are the lowest, and
/// enums are the shortest of their variants.
///
/// # Errors
/// Where a format is needed of which no sample is known, or where no value has an end.
pub fn smallest(shape: &Shape<'_>) -> Result<Value, Flaw> {
    one(shape, Extent::Smallest)
}

/// The fullest payload: every field is there, lists and maps have one item, numbers are the highest, enums are the longest of
/// their variants, and a type within itself is there once more.
///
/// # Errors
/// Where a format is needed of which no sample is known, or where no value has an end.
pub fn fullest(shape: &Shape<'_>) -> Result<Value, Flaw> {
    one(shape, Extent::Fullest)
}

/// As many payloads as it takes for each variant of each enum to be there, for each option to be there with a value and
/// without, and for each number to be the lowest and the highest.
///
/// # Errors
/// Where a format is needed of which no sample is known, or where no value has an end.
pub fn every_variant(shape: &Shape<'_>) -> Result<Vec<Value>, Flaw> {
    make(shape, Extent::Each)
}

fn one(shape: &Shape<'_>, extent: Extent) -> Result<Value, Flaw> {
    let made = make(shape, extent)?.into_iter().next();
    Ok(made.unwrap_or_default())
}

fn make(shape: &Shape<'_>, extent: Extent) -> Result<Vec<Value>, Flaw> {
    let at = At {
        path: Path::ROOT,
        scope: None,
        extent,
        repeats: u8::from(extent == Extent::Fullest),
        depth: 0,
    };
    values::of(shape, at).map_err(|stop| stop.flaw)
}

/// How much of a shape is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Smallest,
    Fullest,
    /// One payload for each alternative.
    Each,
}

/// A place in the shape of which a sample is made.
#[derive(Clone, Copy)]
struct At<'a, 's> {
    path: Path<'a>,
    /// The nearest type that encloses the place.
    scope: Option<&'s Scope<'a, 's>>,
    extent: Extent,
    /// How often a type may still be entered within itself.
    repeats: u8,
    depth: usize,
}

/// A type that encloses a place.
struct Scope<'a, 's> {
    name: &'a str,
    shape: &'s Shape<'a>,
    outer: Option<&'s Scope<'a, 's>>,
}

/// Why there is no sample.
struct Stop {
    /// Whether every value would hold another one of its type.
    is_endless: bool,
    flaw: Flaw,
}

/// Far more than types have, and few enough for the stack.
const DEPTH: usize = 256;

/// Far more items than serde has arrays of.
const ITEMS: usize = 4096;

impl<'a> At<'a, '_> {
    fn and(mut self, step: Step<'a>) -> Self {
        self.path = self.path.and(step);
        self
    }

    fn deeper(mut self) -> Result<Self, Stop> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.stop("is nested too deep for a sample"));
        }
        Ok(self)
    }

    fn stop(&self, reason: &str) -> Stop {
        Stop {
            is_endless: false,
            flaw: Flaw {
                path: self.path.text(self.path.len()).to_string(),
                reason: reason.to_owned(),
            },
        }
    }

    fn endless(&self) -> Stop {
        Stop {
            is_endless: true,
            ..self.stop("has no value that comes to an end")
        }
    }
}

/// Puts alternatives of several places together: as many as the place with the most of them has, and each of every place
/// at least once.
fn together<T: Clone>(places: &[Vec<T>]) -> Vec<Vec<T>> {
    let most = places.iter().map(Vec::len).max().unwrap_or(1);
    (0..most)
        .map(|i| {
            let each = places.iter().filter(|place| !place.is_empty());
            each.map(|place| place[i % place.len()].clone()).collect()
        })
        .collect()
}
