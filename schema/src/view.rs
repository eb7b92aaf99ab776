//! What a shape is in the database, whatever types it is made of in the source.

use crate::compare::place::Scopes;
use crate::plain::plain;
use crate::text::same;
use crate::{Field, Fields, Shape, Struct, Tagging, Variant};

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

pub(crate) const fn fields_refer_to(fields: &Fields<'_>, name: &str) -> bool {
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
