//! What a shape is in the database, whatever types it is made of in the source.

use crate::compare::place::Scopes;
use crate::plain::plain;
use crate::text::{is_among, same};
use crate::{Field, Fields, Shape, Skip, Struct, Tagging, Variant};

/// A shape without the wrappers that leave no trace in JSON.
#[derive(Clone, Copy)]
pub(crate) struct View<'a, 's> {
    /// Never an option, and never a struct that is stored as its only field.
    pub(crate) core: &'s Shape<'a>,
    /// Whether it can be `null`.
    pub(crate) nullable: bool,
    /// The types that enclose it.
    pub(crate) scopes: Scopes<'a>,
}

impl<'a, 's> View<'a, 's> {
    pub(crate) const fn of(shape: &'s Shape<'a>, mut scopes: Scopes<'a>, depth: usize) -> Self {
        let mut core = shape;
        let mut nullable = false;
        loop {
            match core {
                Shape::Optional(inner) => {
                    nullable = true;
                    core = inner;
                }
                Shape::Struct(of) => {
                    scopes.enter(of.name, depth);
                    match of.fields {
                        Fields::Newtype(field) | Fields::Transparent(field) => core = field.shape,
                        _ => break,
                    }
                }
                Shape::Enum(of) => {
                    scopes.enter(of.name, depth);
                    break;
                }
                Shape::Format(format) => {
                    if let Some(plain) = plain(format.name) {
                        core = plain;
                    }
                    break;
                }
                _ => break,
            }
        }
        View {
            core,
            nullable,
            scopes,
        }
    }
}

/// Values by position.
#[derive(Clone, Copy)]
pub(crate) enum Items<'a> {
    Shapes(&'a [&'a Shape<'a>]),
    Fields(&'a [Field<'a>]),
}

impl<'a> Items<'a> {
    /// The values by position of which a shape is made, where it is.
    pub(crate) const fn of(core: &Shape<'a>) -> Option<Self> {
        match core {
            Shape::Tuple(items) => Some(Items::Shapes(items)),
            Shape::Struct(Struct {
                fields: Fields::Tuple(fields),
                ..
            }) => Some(Items::Fields(fields)),
            _ => None,
        }
    }

    pub(crate) const fn len(&self) -> usize {
        match self {
            Items::Shapes(items) => items.len(),
            Items::Fields(fields) => {
                let (mut i, mut stored) = (0, 0);
                while i < fields.len() {
                    stored += fields[i].is_stored() as usize;
                    i += 1;
                }
                stored
            }
        }
    }

    pub(crate) const fn at(&self, at: usize) -> &'a Shape<'a> {
        match self {
            Items::Shapes(items) => items[at],
            Items::Fields(fields) => {
                let (mut i, mut stored) = (0, 0);
                loop {
                    if fields[i].is_stored() {
                        if stored == at {
                            return fields[i].shape;
                        }
                        stored += 1;
                    }
                    i += 1;
                }
            }
        }
    }
}

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

/// Whether a shape is stored as `null`, and as nothing at all where it stands beside a tag or is flattened.
pub(crate) const fn is_unit(shape: &Shape<'_>) -> bool {
    match shape {
        Shape::Unit => true,
        Shape::Struct(of) => match of.fields {
            Fields::Unit => of.tag.is_none(),
            Fields::Newtype(field) | Fields::Transparent(field) => is_unit(field.shape),
            Fields::Tuple(_) | Fields::Named(_) => false,
        },
        Shape::Format(format) => matches!(plain(format.name), Some(Shape::Unit)),
        _ => false,
    }
}

const fn refer_to(fields: &[Field<'_>], name: &str) -> bool {
    let mut i = 0;
    while i < fields.len() {
        if refers_to(fields[i].shape, name) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether a shape refers to the enclosing type of a name.
pub(crate) const fn refers_to(shape: &Shape<'_>, name: &str) -> bool {
    match shape {
        Shape::Ref(to) => same(to, name),
        Shape::Optional(inner)
        | Shape::List(inner)
        | Shape::Set(inner)
        | Shape::Array(inner, _) => refers_to(inner, name),
        Shape::Map(key, value) => refers_to(key, name) || refers_to(value, name),
        Shape::Tuple(items) => {
            let mut i = 0;
            while i < items.len() {
                if refers_to(items[i], name) {
                    return true;
                }
                i += 1;
            }
            false
        }
        Shape::Struct(of) => fields_refer_to(&of.fields, name),
        Shape::Enum(of) => {
            let mut i = 0;
            while i < of.variants.len() {
                if fields_refer_to(&of.variants[i].fields, name) {
                    return true;
                }
                i += 1;
            }
            false
        }
        _ => false,
    }
}

const fn fields_refer_to(fields: &Fields<'_>, name: &str) -> bool {
    match fields {
        Fields::Unit => false,
        Fields::Newtype(field) | Fields::Transparent(field) => refers_to(field.shape, name),
        Fields::Tuple(fields) | Fields::Named(fields) => refer_to(fields, name),
    }
}

/// What is stored with a variant; `None` where it is its name alone.
pub(crate) const fn content<'a>(
    variant: &Variant<'a>,
    tagging: Tagging<'a>,
    closed: bool,
) -> Option<Shape<'a>> {
    let is_beside_tag = matches!(tagging, Tagging::Internal { .. }) && !variant.untagged;
    let fields = match variant.fields {
        // Beside a tag, nothing is a struct that has no fields; it passes over all others, whatever the type says.
        Fields::Unit if is_beside_tag => return Some(NOTHING),
        Fields::Newtype(field) if is_beside_tag && is_unit(field.shape) => return Some(NOTHING),
        Fields::Unit if is_untagged(variant, tagging) => return Some(Shape::Unit),
        Fields::Unit => return None,
        Fields::Newtype(field) | Fields::Transparent(field) => return Some(*field.shape),
        fields => fields,
    };
    Some(Shape::Struct(Struct {
        closed,
        ..Struct::new("", fields)
    }))
}

const NOTHING: Shape<'static> = Shape::Struct(Struct::new("", Fields::Named(&[])));

pub(crate) const fn is_untagged(variant: &Variant<'_>, tagging: Tagging<'_>) -> bool {
    variant.untagged || matches!(tagging, Tagging::Untagged)
}
