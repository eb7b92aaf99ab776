//! The canonical text of a shape: equal shapes print equally, and different ones differently.

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
            Shape::Optional(inner) => write!(f, "optional {inner}"),
            Shape::List(inner) => write!(f, "[{inner}]"),
            Shape::Array(inner, length) => write!(f, "[{inner}; {length}]"),
            Shape::Map(key, value) => write!(f, "map {{{key}: {value}}}"),
            Shape::Tuple(items) => {
                f.write_str("tuple (")?;
                for item in *items {
                    write!(f, "{item}, ")?;
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
        write!(f, "struct{} {}", Serde(self.serde), self.fields)
    }
}

impl Display for Enum {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "enum{} {{", Serde(self.serde))?;
        for variant in self.variants {
            write!(f, "{variant}, ")?;
        }
        f.write_str("}")
    }
}

impl Display for Variant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} {}", self.name, Serde(self.serde), self.fields)
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
            write!(f, "{field}, ")?;
        }
        f.write_str(close)
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: {}", self.name, Serde(self.serde), self.shape)
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
                    serde: "rename = \"sum\"",
                    stored: true,
                    shape: i64::SHAPE,
                },
                Field {
                    name: "tags",
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
    }

    #[test]
    fn a_skipped_field_deep_inside_is_seen() {
        static SKIPPED: Shape = Shape::Struct(Struct {
            name: "Inner",
            serde: "",
            fields: Fields::Named(&[Field {
                name: "cache",
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
