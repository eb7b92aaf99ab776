//! What a struct stores by name, wherever in the source its fields are.

use crate::text::{is_among, same};
use crate::view::{fields_refer_to, is_unit};
use crate::{Field, Fields, Shape, Skip};

/// Values by name, with those of flattened structs in their place.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) tag: Option<(&'a str, &'a str)>,
    pub(crate) closed: bool,
    fields: &'a [Field<'a>],
    /// Whether each field is one with a name: where it is, the compiler finds the n-th one without counting.
    is_plain: bool,
}

impl<'a> Named<'a> {
    /// The values by name of which a shape is made, where it is.
    pub(crate) const fn of(core: &Shape<'a>) -> Option<Self> {
        let Shape::Struct(of) = core else {
            return None;
        };
        let fields: &[Field<'_>] = match of.fields {
            Fields::Named(fields) => fields,
            Fields::Unit if of.tag.is_some() => &[],
            _ => return None,
        };
        let mut i = 0;
        while i < fields.len() && !fields[i].flatten && fields[i].is_stored() {
            i += 1;
        }
        Some(Named {
            tag: of.tag,
            closed: of.closed,
            fields,
            is_plain: i == fields.len(),
        })
    }

    /// The field of this number among those that have a name.
    pub(crate) const fn field(&self, mut number: usize) -> Option<&'a Field<'a>> {
        if !self.is_plain {
            return nth(self.fields, &mut number, false);
        }
        if number < self.fields.len() {
            Some(&self.fields[number])
        } else {
            None
        }
    }

    /// What is flattened and has no names of its own, by its number.
    pub(crate) const fn rest(&self, mut number: usize) -> Option<&'a Field<'a>> {
        if self.is_plain {
            return None;
        }
        nth(self.fields, &mut number, true)
    }

    /// The field that is stored under a name; most are found where they were before.
    pub(crate) const fn stored_as(&self, name: &str, likely: usize) -> Option<&'a Field<'a>> {
        if self.is_plain && likely < self.fields.len() && same(self.fields[likely].name, name) {
            return Some(&self.fields[likely]);
        }
        find(self.fields, name, false)
    }

    /// The field that is read under a name besides its own.
    pub(crate) const fn read_as(&self, name: &str) -> Option<&'a Field<'a>> {
        find(self.fields, name, true)
    }
}

const fn find<'a>(fields: &'a [Field<'a>], name: &str, by_alias: bool) -> Option<&'a Field<'a>> {
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        i += 1;
        if !field.is_stored() {
            continue;
        }
        if field.flatten {
            if let Some(inside) = inlined(field)
                && let Some(found) = find(inside, name, by_alias)
            {
                return Some(found);
            }
            continue;
        }
        if by_alias && is_among(name, field.aliases) || !by_alias && same(field.name, name) {
            return Some(field);
        }
    }
    None
}

/// The n-th named field, or the n-th flattened one that has no names of its own.
const fn nth<'a>(
    fields: &'a [Field<'a>],
    left: &mut usize,
    want_rest: bool,
) -> Option<&'a Field<'a>> {
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        i += 1;
        if !field.is_stored() {
            continue;
        }
        if field.flatten {
            if let Some(inside) = inlined(field) {
                if let Some(found) = nth(inside, left, want_rest) {
                    return Some(found);
                }
                continue;
            }
            if is_unit(field.shape) {
                continue;
            }
        }
        if field.flatten != want_rest {
            continue;
        }
        if *left == 0 {
            return Some(field);
        }
        *left -= 1;
    }
    None
}

/// The fields of a flattened struct, which are stored as if they were those of the outer one.
const fn inlined<'a>(field: &Field<'a>) -> Option<&'a [Field<'a>]> {
    // Left out, they are so all together.
    if field.omitted || !matches!(field.skip, Skip::No) {
        return None;
    }
    let mut shape = field.shape;
    loop {
        let Shape::Struct(of) = shape else {
            return None;
        };
        // A tag is one more field, and a reference to the struct means the struct alone.
        if of.tag.is_some() || fields_refer_to(&of.fields, of.name) {
            return None;
        }
        match of.fields {
            Fields::Newtype(field) | Fields::Transparent(field) => shape = field.shape,
            Fields::Named(fields) => return Some(fields),
            Fields::Unit | Fields::Tuple(_) => return None,
        }
    }
}
