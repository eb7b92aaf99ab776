use super::change::{Change, Search};
use super::place::{Place, Step};
use super::rule::{
    NULL_ADDED, NULL_NO_DELETE, NUMBER_NO_CHANGE, NUMBER_NO_NARROW, NUMBER_WIDENED, Rule,
    TYPE_NO_CHANGE, TYPE_NO_NARROW, TYPE_WIDENED,
};
use super::{enums, fields};
use crate::Shape;
use crate::facts::describe;
use crate::named::Named;
use crate::text::same;
use crate::view::{Items, View, is_unit};

/// Compares two shapes, all the way down.
pub(super) const fn compare<'a>(
    search: &mut Search,
    at: Place<'a>,
    from: &Shape<'a>,
    to: &Shape<'a>,
) {
    if search.is_over() || matches!(from, Shape::Unseen) || matches!(to, Shape::Unseen) {
        return;
    }
    let depth = at.path.len();
    let before = View::of(from, at.from, depth);
    let after = View::of(to, at.to, depth);
    let inside = Place {
        path: at.path,
        from: before.scopes,
        to: after.scopes,
    };
    if is_other_form(&inside, before.core, after.core) {
        report(search, &inside, &TYPE_NO_CHANGE, from, to);
        return;
    }
    if let Some(rule) = change_of_null(&before, &after) {
        report(search, &inside, rule, from, to);
    }
    if let Some(rule) = change_of_form(before.core, after.core) {
        report(search, &inside, rule, from, to);
    }
    compare_inside(search, inside, before.core, after.core);
}

/// The rule for what may be null now, or no longer.
pub(super) const fn change_of_null(
    before: &View<'_, '_>,
    after: &View<'_, '_>,
) -> Option<&'static Rule> {
    // What takes in any JSON takes in null.
    if matches!(before.core, Shape::Any) || matches!(after.core, Shape::Any) {
        return None;
    }
    match (before.nullable, after.nullable) {
        (false, true) => Some(&NULL_ADDED),
        (true, false) => Some(&NULL_NO_DELETE),
        _ => None,
    }
}

const fn compare_inside<'a>(search: &mut Search, at: Place<'a>, from: &Shape<'a>, to: &Shape<'a>) {
    match (from, to) {
        (
            Shape::List(from) | Shape::Set(from) | Shape::Array(from, _),
            Shape::List(to) | Shape::Set(to) | Shape::Array(to, _),
        ) => compare(search, at.and(Step::Item), from, to),
        (Shape::Map(from_key, from), Shape::Map(to_key, to)) => {
            compare(search, at.and(Step::Key), from_key, to_key);
            compare(search, at.and(Step::Value), from, to);
        }
        (Shape::Enum(from), Shape::Enum(to)) => enums::compare(search, at, from, to),
        _ => {
            if let (Some(from), Some(to)) = (Named::of(from), Named::of(to)) {
                fields::compare(search, at, from, to);
            } else if let (Some(from), Some(to)) = (Items::of(from), Items::of(to)) {
                let mut i = 0;
                while i < from.len() && i < to.len() {
                    compare(search, at.and(Step::Index(i)), from.at(i), to.at(i));
                    i += 1;
                }
            }
        }
    }
}

/// Whether the one cannot be seen as a change of the other.
const fn is_other_form(at: &Place<'_>, from: &Shape<'_>, to: &Shape<'_>) -> bool {
    match (from, to) {
        _ if is_widened(from, to) || is_widened(to, from) => false,
        (
            Shape::Integer { .. } | Shape::Float { .. },
            Shape::Integer { .. } | Shape::Float { .. },
        ) => false,
        (Shape::List(_), Shape::List(_))
        | (Shape::Set(_), Shape::Set(_))
        | (Shape::Map(..), Shape::Map(..))
        | (Shape::Enum(_), Shape::Enum(_)) => false,
        (Shape::Array(_, from), Shape::Array(_, to)) => *from != *to,
        (Shape::Format(from), Shape::Format(to)) => !same(from.name, to.name),
        (Shape::Ref(from), Shape::Ref(to)) => match (at.from.depth_of(from), at.to.depth_of(to)) {
            (Some(from), Some(to)) => from != to,
            (None, None) => !same(from, to),
            _ => true,
        },
        _ => {
            if is_unit(from) && is_unit(to) {
                return false;
            }
            if let (Some(_), Some(_)) = (Named::of(from), Named::of(to)) {
                return false;
            }
            if let (Some(from), Some(to)) = (Items::of(from), Items::of(to)) {
                return from.len() != to.len();
            }
            match (from.word(), to.word()) {
                (Some(from), Some(to)) => !same(from, to),
                _ => true,
            }
        }
    }
}

/// Whether the one takes in all that the other does, and more.
const fn is_widened(from: &Shape<'_>, to: &Shape<'_>) -> bool {
    match (from, to) {
        (Shape::Any, Shape::Any) => false,
        (_, Shape::Any)
        | (Shape::Char, Shape::Text)
        | (Shape::Set(_) | Shape::Array(..), Shape::List(_)) => true,
        _ => false,
    }
}

/// The rule for a form that is still the same in the main.
const fn change_of_form(from: &Shape<'_>, to: &Shape<'_>) -> Option<&'static Rule> {
    match (from, to) {
        _ if is_widened(from, to) => Some(&TYPE_WIDENED),
        _ if is_widened(to, from) => Some(&TYPE_NO_NARROW),
        (
            Shape::Integer { .. } | Shape::Float { .. },
            Shape::Integer { .. } | Shape::Float { .. },
        ) => number(from, to),
        _ => None,
    }
}

const fn number(from: &Shape<'_>, to: &Shape<'_>) -> Option<&'static Rule> {
    match (holds(to, from), holds(from, to)) {
        (true, true) => None,
        (true, false) => Some(&NUMBER_WIDENED),
        (false, true) => Some(&NUMBER_NO_NARROW),
        (false, false) => Some(&NUMBER_NO_CHANGE),
    }
}

/// Whether every number of the one can be read as the other, exactly.
const fn holds(outer: &Shape<'_>, inner: &Shape<'_>) -> bool {
    match (outer, inner) {
        (Shape::Float { bits: outer }, Shape::Float { bits: inner }) => *outer >= *inner,
        (Shape::Float { bits: outer }, Shape::Integer { bits: inner, .. }) => {
            // The bits of a float that are left for whole numbers.
            let whole = if *outer >= 64 { 53 } else { 24 };
            *inner <= whole
        }
        (
            Shape::Integer {
                bits: outer,
                signed: outer_signed,
                nonzero: outer_nonzero,
            },
            Shape::Integer {
                bits: inner,
                signed: inner_signed,
                nonzero: inner_nonzero,
            },
        ) => {
            let has_zero = !*outer_nonzero || *inner_nonzero;
            let has_range = match (*outer_signed, *inner_signed) {
                (true, false) => *outer > *inner,
                (false, true) => false,
                _ => *outer >= *inner,
            };
            has_zero && has_range
        }
        _ => false,
    }
}

pub(super) const fn report<'a>(
    search: &mut Search,
    at: &Place<'a>,
    rule: &'static Rule,
    from: &Shape<'a>,
    to: &Shape<'a>,
) {
    if !search.is_next() {
        return;
    }
    let was = describe::value(from, &at.path, at.from);
    let is = describe::value(to, &at.path, at.to);
    search.found = Some(Change::new(rule, at.path.text(at.path.len()), was, is));
}
