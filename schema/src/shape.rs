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
    /// Any number of values, in order.
    List(&'static Shape),
    /// Any number of different values.
    Set(&'static Shape),
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
    /// The field's type as it is written, as tokens. It is not stored: it tells that the code has changed.
    pub ty: &'static str,
    /// The serde attributes of the field, as tokens.
    pub serde: &'static str,
    /// Whether every value of the field is stored and read back; `false` for serde's `skip` and its kin.
    pub stored: bool,
    /// What is stored.
    pub shape: &'static Shape,
}

/// What can be asked of a shape, all the way down.
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

impl Shape {
    /// Whether every value comes out of its JSON as it went in.
    ///
    /// `false` as soon as anything nested is left out by `#[serde(skip)]` or its kin, is an option of something that can be
    /// `null` itself, or is an untagged enum, whose variants JSON cannot always tell apart. Declared shapes count as
    /// `true`: annals takes the word for them.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        !self.any(Question::Lossy)
    }

    /// Whether a value can hold a floating point number, and with it a NaN, which JSON cannot store.
    ///
    /// Declared shapes count as `true`: annals cannot look into them.
    #[must_use]
    pub const fn may_hold_float(&self) -> bool {
        self.any(Question::Float)
    }

    /// Whether the JSON of a value can be nested without a bound. Declared shapes count as `true`.
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
                if matches!(question, Question::Lossy) && contains(of.serde, "untagged") {
                    return true;
                }
                let mut i = 0;
                while i < of.variants.len() {
                    if of.variants[i].fields.any(question) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            Shape::Float { .. } => matches!(question, Question::Float),
            Shape::Any | Shape::Ref(_) => matches!(question, Question::Nesting),
            Shape::Declared(_) => matches!(question, Question::Float | Question::Nesting),
            Shape::Unit | Shape::Bool | Shape::Integer { .. } | Shape::Char | Shape::Text => false,
        }
    }

    const fn can_be_null(&self) -> bool {
        matches!(self, Shape::Unit | Shape::Optional(_) | Shape::Any)
    }
}

impl Fields {
    const fn any(&self, question: Question) -> bool {
        let fields: &[Field] = match self {
            Fields::Unit => &[],
            Fields::Tuple(fields) | Fields::Named(fields) => fields,
        };
        let mut i = 0;
        while i < fields.len() {
            let is_lost = matches!(question, Question::Lossy) && !fields[i].stored;
            if is_lost || fields[i].shape.any(question) {
                return true;
            }
            i += 1;
        }
        false
    }
}

const fn contains(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let mut at = 0;
    while at + word.len() <= text.len() {
        let mut i = 0;
        while i < word.len() && text[at + i] == word[i] {
            i += 1;
        }
        if i == word.len() {
            return true;
        }
        at += 1;
    }
    false
}
