use super::place::Place;
use super::rule::{
    FIELD_NO_LONGER_READ, FIELD_NOW_ALWAYS_STORED, FIELD_NOW_OMITTED,
    FIELD_NOW_OMITTED_WHERE_REQUIRED, FIELD_NOW_OPTIONAL, FIELD_NOW_REQUIRED, FIELD_READ_AGAIN,
    Rule,
};
use super::values;
use crate::Field;
use crate::view::View;

/// The one rule for whether a field has to be there, is stored and is read. Several attributes that say the same are one
/// change, and so is an option, which says at once that it may be null and that it may be absent.
pub(super) const fn change_of_presence(
    at: &Place<'_>,
    from: &Field<'_>,
    to: &Field<'_>,
) -> Option<&'static Rule> {
    let (before, after) = (
        View::of(from.shape, at.from, 0),
        View::of(to.shape, at.to, 0),
    );
    let null = values::change_of_null(&before, &after);
    let is_now_required = from.may_be_absent() && !to.may_be_absent();
    let is_now_optional = !from.may_be_absent() && to.may_be_absent();
    match (from.is_read(), to.is_read()) {
        (true, false) => return Some(&FIELD_NO_LONGER_READ),
        (false, true) if !is_now_required => return Some(&FIELD_READ_AGAIN),
        _ => {}
    }
    let is_said_by_null = match null {
        Some(_) if after.nullable => is_now_optional,
        Some(_) => is_now_required,
        None => false,
    };
    if is_said_by_null {
        return None;
    }
    if is_now_required {
        return Some(&FIELD_NOW_REQUIRED);
    }
    match (from.may_be_omitted(), to.may_be_omitted()) {
        (false, true) if from.may_be_absent() => Some(&FIELD_NOW_OMITTED),
        (false, true) => Some(&FIELD_NOW_OMITTED_WHERE_REQUIRED),
        _ if is_now_optional => Some(&FIELD_NOW_OPTIONAL),
        (true, false) => Some(&FIELD_NOW_ALWAYS_STORED),
        _ => None,
    }
}
