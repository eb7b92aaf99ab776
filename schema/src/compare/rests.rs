//! What is flattened and has no names of its own.

use super::change::Search;
use super::enums::nth_untagged;
use super::fields::{compare_field, report};
use super::place::{Place, Step};
use super::rule::{FIELD_ADDED_OPTIONAL, FIELD_ADDED_REQUIRED, FIELD_NO_DELETE};
use crate::facts::describe;
use crate::named::Named;
use crate::text::Text;
use crate::view::View;
use crate::{Field, Shape};

/// Compares what is flattened, one after the other.
pub(super) const fn compare<'a>(
    search: &mut Search,
    at: Place<'a>,
    from: &Named<'a>,
    to: &Named<'a>,
) {
    if is_reordered(&at, from, to) {
        return;
    }
    let mut i = 0;
    loop {
        let place = at.and(Step::Rest(i));
        match (from.rest(i), to.rest(i)) {
            (None, None) => return,
            (Some(from), Some(to)) => compare_field(search, place, from, to),
            (Some(from), None) => {
                let was = describe::field(from, &place.path, at.from);
                report(search, &place, &FIELD_NO_DELETE, was, Text::new());
            }
            (None, Some(to)) => {
                let view = View::of(to.shape, at.to, 0);
                let takes_nothing = view.nullable
                    || matches!(view.core, Shape::Map(..) | Shape::Any | Shape::Unseen);
                let rule = match takes_nothing {
                    true => &FIELD_ADDED_OPTIONAL,
                    false => &FIELD_ADDED_REQUIRED,
                };
                let is = describe::field(to, &place.path, at.to);
                report(search, &place, rule, Text::new(), is);
            }
        }
        i += 1;
    }
}

/// Whether the same enums are flattened in another order. Each looks for its own tag or its own variants, so that their order
/// is no matter, while a map takes all that is left at its place.
const fn is_reordered<'a>(at: &Place<'a>, from: &Named<'a>, to: &Named<'a>) -> bool {
    let before = Place { to: at.from, ..*at };
    let mut i = 0;
    while let Some(was) = from.rest(i) {
        let is_found_once = times(&before, was, from) == 1 && times(at, was, to) == 1;
        if !is_tagged_enum(was.shape) || !is_found_once {
            return false;
        }
        i += 1;
    }
    to.rest(i).is_none()
}

const fn is_tagged_enum(shape: &Shape<'_>) -> bool {
    match shape {
        Shape::Optional(of) => is_tagged_enum(of),
        Shape::Enum(of) => nth_untagged(of, 0).is_none(),
        _ => false,
    }
}

/// How often a field is among what is flattened.
const fn times<'a>(at: &Place<'a>, field: &Field<'a>, within: &Named<'a>) -> usize {
    let (mut i, mut times) = (0, 0);
    while let Some(other) = within.rest(i) {
        let mut search = Search::new(0);
        compare_field(&mut search, *at, field, other);
        times += !search.is_over() as usize;
        i += 1;
    }
    times
}
