//! What can be asked of a shape, all the way down.

use crate::plain::plain;
use crate::{Field, Fields, Shape, Skip, Tagging};

#[derive(Clone, Copy)]
enum Question {
    /// Can a value lose something on its way through JSON?
    Lossy,
    /// Can it hold a floating point number?
    Float,
    /// Can its JSON be nested without a bound?
    Nesting,
    /// Does it hold values whose order is not its own?
    Unordered,
}

impl Shape<'_> {
    /// Whether every value comes out of its JSON as it went in.
    ///
    /// `false` as soon as anything nested is left out by `#[serde(skip)]` or its kin, is an option of something that can be
    /// `null` itself, or is an untagged enum, whose variants JSON cannot always tell apart. Formats count as `true`: annals
    /// takes the word for them.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        !self.any(Question::Lossy)
    }

    /// Whether a value can hold a floating point number, and with it a NaN, which JSON cannot store.
    ///
    /// Formats count as `true`: annals cannot look into them.
    #[must_use]
    pub const fn may_hold_float(&self) -> bool {
        self.any(Question::Float)
    }

    /// Whether the JSON of a value can be nested without a bound. Formats count as `true`.
    #[must_use]
    pub const fn may_nest(&self) -> bool {
        self.any(Question::Nesting)
    }

    /// Whether a value holds others in an order that is not the same each time, as a hash set does.
    #[must_use]
    pub const fn is_unordered(&self) -> bool {
        self.any(Question::Unordered)
    }

    const fn any(&self, question: Question) -> bool {
        match self {
            Shape::Optional(inner) => {
                matches!(question, Question::Lossy) && inner.can_be_null() || inner.any(question)
            }
            Shape::Set(inner) => matches!(question, Question::Unordered) || inner.any(question),
            Shape::List(inner) | Shape::Array(inner, _) => inner.any(question),
            Shape::Map(key, value) => key.any(question) || value.any(question),
            Shape::Tuple(items) => {
                let mut i = 0;
                while i < items.len() {
                    if items[i].any(question) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            Shape::Struct(of) => of.fields.any(question),
            Shape::Enum(of) => {
                let is_lossy = matches!(question, Question::Lossy);
                if is_lossy && matches!(of.tagging, Tagging::Untagged) {
                    return true;
                }
                let mut i = 0;
                while i < of.variants.len() {
                    let variant = &of.variants[i];
                    if is_lossy && (variant.untagged || variant.skipped) {
                        return true;
                    }
                    if variant.fields.any(question) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            Shape::Float { .. } => matches!(question, Question::Float),
            Shape::Any | Shape::Ref(_) => matches!(question, Question::Nesting),
            Shape::Format(format) => match plain(format.name) {
                Some(plain) => plain.any(question),
                None => matches!(question, Question::Float | Question::Nesting),
            },
            Shape::Unit
            | Shape::Bool
            | Shape::Integer { .. }
            | Shape::Char
            | Shape::Text
            | Shape::Unseen => false,
        }
    }

    const fn can_be_null(&self) -> bool {
        match self {
            Shape::Unit | Shape::Optional(_) | Shape::Any => true,
            Shape::Struct(of) => match of.fields {
                Fields::Unit => of.tag.is_none(),
                Fields::Newtype(field) | Fields::Transparent(field) => field.shape.can_be_null(),
                Fields::Tuple(_) | Fields::Named(_) => false,
            },
            _ => false,
        }
    }
}

impl Fields<'_> {
    const fn any(&self, question: Question) -> bool {
        let fields: &[Field<'_>] = match self {
            Fields::Unit => &[],
            Fields::Newtype(field) | Fields::Transparent(field) => std::slice::from_ref(*field),
            Fields::Tuple(fields) | Fields::Named(fields) => fields,
        };
        let mut i = 0;
        while i < fields.len() {
            let field = &fields[i];
            let is_lost = !field.whole || !matches!(field.skip, Skip::No);
            if is_lost && matches!(question, Question::Lossy) || field.shape.any(question) {
                return true;
            }
            i += 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::{Enum, Field, Fields, Format, Schema, Shape, Skip, Struct, Tagging};

    #[test]
    fn what_json_cannot_tell_apart_is_not_whole() {
        assert!(<Option<Vec<Option<u8>>>>::SHAPE.is_whole());
        assert!(!<Vec<Option<Option<u8>>>>::SHAPE.is_whole());
        assert!(!<Option<()>>::SHAPE.is_whole());
        let of = |tagging| {
            Shape::Enum(Enum {
                name: "Either",
                serde: "",
                tagging,
                closed: false,
                variants: &[],
            })
        };
        assert!(of(Tagging::Internal { tag: "kind" }).is_whole());
        assert!(!of(Tagging::Untagged).is_whole());
    }

    #[test]
    fn an_option_behind_a_newtype_is_seen() {
        static INNER: Field<'_> = Field::new("0", <Option<u8>>::SHAPE);
        static NEWTYPE: Shape<'_> = Shape::Struct(Struct::new("Maybe", Fields::Newtype(&INNER)));
        assert!(NEWTYPE.is_whole());
        assert!(!Shape::Optional(&NEWTYPE).is_whole());
    }

    #[test]
    fn a_skipped_field_deep_inside_is_seen() {
        static SKIPPED: Shape<'_> = Shape::Struct(Struct::new(
            "Inner",
            Fields::Named(&[Field {
                skip: Skip::Both,
                ..Field::new("cache", &Shape::Bool)
            }]),
        ));
        assert!(!Shape::List(&SKIPPED).is_whole());
        assert!(!Shape::Map(&Shape::Text, &SKIPPED).is_whole());
        assert!(Shape::List(&Shape::Bool).is_whole());
    }

    #[test]
    fn floats_are_found_wherever_they_hide() {
        let format = Shape::Format(Format {
            name: "rate",
            sample: "",
        });
        assert!(<Vec<(String, Option<f64>)>>::SHAPE.may_hold_float());
        assert!(format.may_hold_float());
        assert!(!<Vec<(String, Option<u64>)>>::SHAPE.may_hold_float());
    }
}
