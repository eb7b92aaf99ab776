//! The canonical text of a shape: equal shapes print equally, and different ones differently.
//!
//! With `{:#}` the names and types of the source are printed too, which are not stored.

use std::fmt::{self, Display, Formatter};

use crate::{Enum, Field, Fields, Shape, Struct, Variant};

impl Display for Shape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Unit => f.write_str("unit"),
            Shape::Bool => f.write_str("bool"),
            Shape::Integer {
                bits,
                signed,
                nonzero,
            } => {
                let sign = if *signed { 'i' } else { 'u' };
                let nonzero = if *nonzero { "nonzero " } else { "" };
                write!(f, "{nonzero}{sign}{bits}")
            }
            Shape::Float { bits } => write!(f, "f{bits}"),
            Shape::Char => f.write_str("char"),
            Shape::Text => f.write_str("text"),
            Shape::Any => f.write_str("any"),
            Shape::Optional(inner) => {
                f.write_str("optional ")?;
                inner.fmt(f)
            }
            Shape::List(inner) => {
                f.write_str("[")?;
                inner.fmt(f)?;
                f.write_str("]")
            }
            Shape::Set(inner) => {
                f.write_str("set ")?;
                inner.fmt(f)
            }
            Shape::Array(inner, length) => {
                f.write_str("[")?;
                inner.fmt(f)?;
                write!(f, "; {length}]")
            }
            Shape::Map(key, value) => {
                f.write_str("map {")?;
                key.fmt(f)?;
                f.write_str(": ")?;
                value.fmt(f)?;
                f.write_str("}")
            }
            Shape::Tuple(items) => {
                f.write_str("tuple (")?;
                for item in *items {
                    item.fmt(f)?;
                    f.write_str(", ")?;
                }
                f.write_str(")")
            }
            Shape::Struct(of) => of.fmt(f),
            Shape::Enum(of) => of.fmt(f),
            Shape::Declared(word) => write!(f, "declared {word:?}"),
            Shape::Ref(name) => write!(f, "ref {name}"),
        }
    }
}

impl Display for Struct {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = Source(self.name, f.alternate());
        write!(f, "struct{name}{} ", Serde(self.serde))?;
        self.fields.fmt(f)
    }
}

impl Display for Enum {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = Source(self.name, f.alternate());
        write!(f, "enum{name}{} {{", Serde(self.serde))?;
        for variant in self.variants {
            variant.fmt(f)?;
            f.write_str(", ")?;
        }
        f.write_str("}")
    }
}

impl Display for Variant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} ", self.name, Serde(self.serde))?;
        self.fields.fmt(f)
    }
}

impl Display for Fields {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (open, fields, close) = match self {
            Fields::Unit => return f.write_str("unit"),
            Fields::Tuple(fields) => ("(", fields, ")"),
            Fields::Named(fields) => ("{", fields, "}"),
        };
        f.write_str(open)?;
        for field in *fields {
            field.fmt(f)?;
            f.write_str(", ")?;
        }
        f.write_str(close)
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ty = Source(self.ty, f.alternate());
        write!(f, "{}{}:{ty} ", self.name, Serde(self.serde))?;
        self.shape.fmt(f)
    }
}

/// A word of the source, where those are asked for.
struct Source(&'static str, bool);

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.1 {
            write!(f, " `{}`", self.0)
        } else {
            Ok(())
        }
    }
}

struct Serde(&'static str);

impl Display for Serde {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, "<{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Field, Fields, Schema, Shape, Struct};

    #[test]
    fn nested_shapes_print_all_the_way_down() {
        let shape = Shape::Struct(Struct {
            name: "Transfer",
            serde: "",
            fields: Fields::Named(&[
                Field {
                    name: "amount",
                    ty: "i64",
                    serde: "rename = \"sum\"",
                    stored: true,
                    shape: i64::SHAPE,
                },
                Field {
                    name: "tags",
                    ty: "Tags",
                    serde: "",
                    stored: true,
                    shape: <Option<Vec<String>>>::SHAPE,
                },
            ]),
        });
        assert_eq!(
            shape.to_string(),
            r#"struct {amount<rename = "sum">: i64, tags: optional [text], }"#
        );
    }

    #[test]
    fn the_name_of_a_struct_is_not_part_of_what_is_stored() {
        let of = |name| {
            Shape::Struct(Struct {
                name,
                serde: "",
                fields: Fields::Unit,
            })
        };
        assert_eq!(of("Old").to_string(), of("New").to_string());
        assert_ne!(format!("{:#}", of("Old")), format!("{:#}", of("New")));
    }

    #[test]
    fn what_json_cannot_tell_apart_is_not_whole() {
        assert!(<Option<Vec<Option<u8>>>>::SHAPE.is_whole());
        assert!(!<Vec<Option<Option<u8>>>>::SHAPE.is_whole());
        assert!(!<Option<()>>::SHAPE.is_whole());
        let of = |serde| {
            Shape::Enum(crate::Enum {
                name: "Either",
                serde,
                variants: &[],
            })
        };
        assert!(of("tag = \"kind\"").is_whole());
        assert!(!of("rename_all = \"lowercase\", untagged").is_whole());
    }

    #[test]
    fn a_skipped_field_deep_inside_is_seen() {
        static SKIPPED: Shape = Shape::Struct(Struct {
            name: "Inner",
            serde: "",
            fields: Fields::Named(&[Field {
                name: "cache",
                ty: "bool",
                serde: "skip",
                stored: false,
                shape: &Shape::Bool,
            }]),
        });
        assert!(!Shape::List(&SKIPPED).is_whole());
        assert!(!Shape::Map(&Shape::Text, &SKIPPED).is_whole());
        assert!(Shape::List(&Shape::Bool).is_whole());
    }

    #[test]
    fn floats_are_found_wherever_they_hide() {
        assert!(<Vec<(String, Option<f64>)>>::SHAPE.may_hold_float());
        assert!(Shape::Declared("text").may_hold_float());
        assert!(!<Vec<(String, Option<u64>)>>::SHAPE.may_hold_float());
    }
}
