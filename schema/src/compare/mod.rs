//! What has changed between two shapes, and whether what was stored can still be read.
//!
//! One algorithm for the compiler and for the running program: it is made of constant functions, which hand out the
//! changes one after another.

mod change;
mod enums;
mod fields;
mod part;
pub(crate) mod place;
mod presence;
mod rests;
pub(crate) mod rule;
mod same;
mod values;

pub use change::Change;
pub(crate) use enums::nth_untagged;
pub use part::{Part, Within};
pub use rule::{RULES, Rule};

use change::Search;
use place::{Place, Step};

use crate::Shape;

/// The change of the given number, starting at 0, that leads from one shape to another; `None` where there are no more.
///
/// What both say of the source alone, like the names of types, is no change.
#[must_use]
pub const fn change(from: &Shape<'_>, to: &Shape<'_>, number: usize) -> Option<Change> {
    if same::is_plainly_same(from, to) {
        return None;
    }
    let mut search = Search::new(number);
    values::compare(&mut search, Place::ROOT, from, to);
    search.found
}

/// The path of a field, as changes tell it.
#[must_use]
pub fn field_path(name: &str) -> String {
    path_of(Step::Field(name))
}

/// The path of a variant, as changes tell it.
#[must_use]
pub fn variant_path(name: &str) -> String {
    path_of(Step::Variant(name))
}

fn path_of(step: Step<'_>) -> String {
    Place::ROOT.and(step).path.text(1).to_string()
}

/// All changes that lead from one shape to another.
#[must_use]
pub fn changes(from: &Shape<'_>, to: &Shape<'_>) -> Vec<Change> {
    (0..).map_while(|number| change(from, to, number)).collect()
}
