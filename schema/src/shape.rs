/// What is stored for a value of some type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// `null`.
    Unit,
    /// `true` or `false`.
    Bool,
    /// A whole number, by its width in bits.
    Integer {
        /// Width in bits; pointer-sized numbers count as 64.
        bits: u16,
        /// Whether it can be negative.
        signed: bool,
        /// Whether zero is excluded.
        nonzero: bool,
    },
    /// A floating point number, by its width in bits.
    Float {
        /// Width in bits.
        bits: u16,
    },
    /// One character.
    Char,
    /// Text.
    Text,
    /// Any JSON.
    Any,
    /// A value or `null`.
    Optional(&'static Shape),
    /// Any number of values.
    List(&'static Shape),
    /// Exactly so many values.
    Array(&'static Shape, usize),
    /// Keys and values.
    Map(&'static Shape, &'static Shape),
    /// Values of different shapes, by position.
    Tuple(&'static [&'static Shape]),
    /// A struct.
    Struct(Struct),
    /// An enum.
    Enum(Enum),
    /// What the user declared with `#[schema(as = "..")]`: annals takes the word for it.
    Declared(&'static str),
    /// A recursive reference to the enclosing shape of this name.
    Ref(&'static str),
}

/// The shape of a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Struct {
    /// The type's name in Rust. It is not stored: only [`Shape::Ref`] points at it.
    pub name: &'static str,
    /// The serde attributes of the type, as tokens.
    pub serde: &'static str,
    /// The fields.
    pub fields: Fields,
}

/// The shape of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enum {
    /// The type's name in Rust. It is not stored: only [`Shape::Ref`] points at it.
    pub name: &'static str,
    /// The serde attributes of the type, as tokens.
    pub serde: &'static str,
    /// The variants.
    pub variants: &'static [Variant],
}

/// The shape of one variant of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The variant's name in Rust; `serde` may say that it is stored under another one.
    pub name: &'static str,
    /// The serde attributes of the variant, as tokens.
    pub serde: &'static str,
    /// The variant's fields.
    pub fields: Fields,
}

/// The fields of a struct or of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// None at all.
    Unit,
    /// By position.
    Tuple(&'static [Field]),
    /// By name.
    Named(&'static [Field]),
}

/// The shape of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The field's name in Rust, or its position; `serde` may say that it is stored under another one.
    pub name: &'static str,
    /// The serde attributes of the field, as tokens.
    pub serde: &'static str,
    /// Whether every value of the field is stored and read back; `false` for serde's `skip` and its kin.
    pub stored: bool,
    /// What is stored.
    pub shape: &'static Shape,
}

impl Shape {
    /// Whether all of a value is stored, so that it can be read back as it was.
    ///
    /// `false` as soon as any nested field is left out by `#[serde(skip)]` or its kin.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        match self {
            Shape::Optional(inner) | Shape::List(inner) | Shape::Array(inner, _) => {
                inner.is_whole()
            }
            Shape::Map(key, value) => key.is_whole() && value.is_whole(),
            Shape::Tuple(items) => {
                let mut i = 0;
                while i < items.len() {
                    if !items[i].is_whole() {
                        return false;
                    }
                    i += 1;
                }
                true
            }
            Shape::Struct(of) => of.fields.are_whole(),
            Shape::Enum(of) => {
                let mut i = 0;
                while i < of.variants.len() {
                    if !of.variants[i].fields.are_whole() {
                        return false;
                    }
                    i += 1;
                }
                true
            }
            _ => true,
        }
    }

    /// Whether a value can hold a floating point number, and with it a NaN, which JSON cannot store.
    ///
    /// Declared shapes count as `true`: annals cannot look into them.
    #[must_use]
    pub const fn may_hold_float(&self) -> bool {
        match self {
            Shape::Float { .. } | Shape::Declared(_) => true,
            Shape::Optional(inner) | Shape::List(inner) | Shape::Array(inner, _) => {
                inner.may_hold_float()
            }
            Shape::Map(key, value) => key.may_hold_float() || value.may_hold_float(),
            Shape::Tuple(items) => {
                let mut i = 0;
                while i < items.len() {
                    if items[i].may_hold_float() {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            Shape::Struct(of) => of.fields.may_hold_float(),
            Shape::Enum(of) => {
                let mut i = 0;
                while i < of.variants.len() {
                    if of.variants[i].fields.may_hold_float() {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            _ => false,
        }
    }
}

impl Fields {
    const fn list(&self) -> &'static [Field] {
        match self {
            Fields::Unit => &[],
            Fields::Tuple(fields) | Fields::Named(fields) => fields,
        }
    }

    const fn are_whole(&self) -> bool {
        let fields = self.list();
        let mut i = 0;
        while i < fields.len() {
            if !fields[i].stored || !fields[i].shape.is_whole() {
                return false;
            }
            i += 1;
        }
        true
    }

    const fn may_hold_float(&self) -> bool {
        let fields = self.list();
        let mut i = 0;
        while i < fields.len() {
            if fields[i].shape.may_hold_float() {
                return true;
            }
            i += 1;
        }
        false
    }
}
