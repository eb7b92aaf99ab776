//! What is stored at one place, in words.

use crate::compare::place::{Path, Scopes};
use crate::name::push_name;
use crate::named::Named;
use crate::text::Text;
use crate::view::{Items, View, content};
use crate::{Enum, Field, Shape, Skip, Tagging, Variant};

/// A value, like `optional text`.
pub(crate) const fn value<'a>(shape: &Shape<'a>, path: &Path<'a>, scopes: Scopes<'a>) -> Text {
    let view = View::of(shape, scopes, path.len());
    let text = match view.nullable {
        true => Text::new().and("optional "),
        false => Text::new(),
    };
    core(text, view, path)
}

/// A field, like `text, default`.
pub(crate) const fn field<'a>(field: &Field<'a>, path: &Path<'a>, scopes: Scopes<'a>) -> Text {
    let view = View::of(field.shape, scopes, path.len());
    let text = match (view.nullable, field.shape.may_be_absent()) {
        (true, true) => Text::new().and("optional "),
        (true, false) => Text::new().and("nullable "),
        (false, _) => Text::new(),
    };
    let mut text = core(text, view, path);
    // serde looks at no default of what is flattened.
    if field.default && !field.flatten {
        text.push(", default");
    }
    if field.omitted {
        text.push(", omitted");
    }
    match field.skip {
        Skip::Write => text.push(", not stored"),
        Skip::Read => text.push(", not read"),
        Skip::No | Skip::Both => {}
    }
    text
}

/// A variant: `variant` where it has no content.
pub(crate) const fn variant<'a>(
    variant: &Variant<'a>,
    of: &Enum<'a>,
    path: &Path<'a>,
    scopes: Scopes<'a>,
) -> Text {
    let mut text = match content(variant, of.tagging, of.closed) {
        Some(content) => value(&content, path, scopes),
        None => Text::new().and("variant"),
    };
    if variant.other {
        text.push(", other");
    }
    text
}

/// An enum, like `enum, tag kind`.
pub(crate) const fn tagging(of: &Enum<'_>) -> Text {
    let mut text = Text::new();
    push_enum(&mut text, of);
    text
}

/// A struct with named fields, like `struct, closed`.
pub(crate) const fn named(of: &Named<'_>) -> Text {
    let mut text = Text::new();
    push_struct(&mut text, of);
    text
}

const fn core<'a>(mut text: Text, view: View<'a, '_>, path: &Path<'a>) -> Text {
    match view.core {
        Shape::List(_) => text.push("list"),
        Shape::Set(_) => text.push("set"),
        Shape::Array(_, length) => {
            text.push("array of ");
            text.push_number(*length as u64);
        }
        Shape::Map(..) => text.push("map"),
        Shape::Enum(of) => push_enum(&mut text, of),
        Shape::Format(format) => {
            text.push("format ");
            push_name(&mut text, format.name);
        }
        Shape::Ref(name) => {
            text.push("as ");
            match view.scopes.depth_of(name) {
                Some(depth) => text.push(path.text(depth).as_str()),
                None => {
                    text.push("outer ");
                    push_name(&mut text, name);
                }
            }
        }
        core => {
            if let Some(word) = core.word() {
                text.push(word);
            } else if let Some(of) = Named::of(core) {
                push_struct(&mut text, &of);
            } else if Items::of(core).is_some() {
                text.push("tuple");
            } else {
                text.push("unit");
            }
        }
    }
    text
}

const fn push_struct(text: &mut Text, of: &Named<'_>) {
    text.push("struct");
    if let Some((tag, value)) = of.tag {
        text.push(", tag ");
        push_name(text, tag);
        text.push(" = ");
        push_name(text, value);
    }
    if of.closed {
        text.push(", closed");
    }
}

const fn push_enum(text: &mut Text, of: &Enum<'_>) {
    match of.tagging {
        Tagging::External => text.push("enum"),
        Tagging::Internal { tag } => {
            text.push("enum, tag ");
            push_name(text, tag);
        }
        Tagging::Adjacent { tag, content } => {
            text.push("enum, tag ");
            push_name(text, tag);
            text.push(", content ");
            push_name(text, content);
        }
        Tagging::Untagged => text.push("untagged enum"),
    }
    if of.closed {
        text.push(", closed");
    }
}
