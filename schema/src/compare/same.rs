//! Whether two shapes are the same in the way that nearly all are: a quick look before the search for changes, which the
//! compiler would have to pay for with every field.

use crate::plain::is_plain;
use crate::text::same;
use crate::{Field, Fields, Shape, Skip, Struct};

/// Whether two shapes are the same. `false` says nothing: then the search has to tell.
pub(super) const fn is_plainly_same(one: &Shape<'_>, other: &Shape<'_>) -> bool {
    let (one, other) = (stored(one), stored(other));
    match (one, other) {
        (Shape::Optional(one), Shape::Optional(other))
        | (Shape::List(one), Shape::List(other))
        | (Shape::Set(one), Shape::Set(other)) => is_plainly_same(one, other),
        (Shape::Map(key, value), Shape::Map(other_key, other_value)) => {
            is_plainly_same(key, other_key) && is_plainly_same(value, other_value)
        }
        (Shape::Format(one), Shape::Format(other)) => same(one.name, other.name),
        (Shape::Struct(one), Shape::Struct(other)) => is_same_struct(one, other),
        _ => is_plain(one, other),
    }
}

/// The shape without a newtype around it. One around an option stays: it cannot be absent.
const fn stored<'a, 's>(shape: &'s Shape<'a>) -> &'s Shape<'a> {
    match shape {
        Shape::Struct(Struct {
            fields: Fields::Newtype(field) | Fields::Transparent(field),
            ..
        }) if !matches!(field.shape, Shape::Optional(_)) => stored(field.shape),
        shape => shape,
    }
}

const fn is_same_struct(one: &Struct<'_>, other: &Struct<'_>) -> bool {
    let (Fields::Named(fields), Fields::Named(others)) = (one.fields, other.fields) else {
        return false;
    };
    if one.tag.is_some()
        || other.tag.is_some()
        || one.closed != other.closed
        || fields.len() != others.len()
    {
        return false;
    }
    let mut i = 0;
    while i < fields.len() {
        let mut j = 0;
        while j < others.len() && !same(fields[i].name, others[j].name) {
            j += 1;
        }
        if j == others.len() || !is_same_field(&fields[i], &others[j]) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether two fields of one name are the same.
pub(super) const fn is_same_field(one: &Field<'_>, other: &Field<'_>) -> bool {
    is_plain_field(one)
        && is_plain_field(other)
        && one.default == other.default
        && one.omitted == other.omitted
        && is_plainly_same(one.shape, other.shape)
}

const fn is_plain_field(field: &Field<'_>) -> bool {
    field.aliases.is_empty() && !field.flatten && matches!(field.skip, Skip::No)
}
