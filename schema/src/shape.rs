/// What is stored for a value of some type.
///
/// Names, aliases, tags and flags are what lies in the database. What stands in the source alone (the names of types, the
/// tokens of types and of serde's attributes) is kept beside them, and is no part of what [`change`](crate::change)
/// compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::manual_non_exhaustive,
    reason = "the hidden variant is a shape as others are"
)]
pub enum Shape<'a> {
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
    /// A value or `null`; as a field, it may also be absent.
    Optional(&'a Shape<'a>),
    /// Any number of values, in order.
    List(&'a Shape<'a>),
    /// Any number of different values.
    Set(&'a Shape<'a>),
    /// Exactly so many values.
    Array(&'a Shape<'a>, usize),
    /// Keys and values.
    Map(&'a Shape<'a>, &'a Shape<'a>),
    /// Values of different shapes, by position.
    Tuple(&'a [&'a Shape<'a>]),
    /// A struct.
    Struct(Struct<'a>),
    /// An enum.
    Enum(Enum<'a>),
    /// A form that annals knows by its name alone: that of a foreign type, or what the user declared with
    /// `#[schema(as = "..")]`.
    Format(Format<'a>),
    /// The enclosing type of this name.
    Ref(&'a str),
    /// A type that is not looked at. Equal to anything: for comparing the names of fields where types are not known.
    #[doc(hidden)]
    Unseen,
}

/// A form that is known by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format<'a> {
    /// Its name, like `uuid`.
    pub name: &'a str,
    /// JSON of one value, from which sample payloads are made; empty where none is known.
    pub sample: &'a str,
}

/// The shape of a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Struct<'a> {
    /// The type's name in Rust. It is not stored: [`Shape::Ref`] points at it.
    pub name: &'a str,
    /// The serde attributes of the type, as tokens of the source.
    pub serde: &'a str,
    /// A tag that is stored beside the fields, with its value.
    pub tag: Option<(&'a str, &'a str)>,
    /// Whether reading refuses fields that it does not know.
    pub closed: bool,
    /// The fields.
    pub fields: Fields<'a>,
}

/// The shape of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enum<'a> {
    /// The type's name in Rust. It is not stored: [`Shape::Ref`] points at it.
    pub name: &'a str,
    /// The serde attributes of the type, as tokens of the source.
    pub serde: &'a str,
    /// How it is told which variant a value is.
    pub tagging: Tagging<'a>,
    /// Whether reading refuses fields of variants that it does not know.
    pub closed: bool,
    /// The variants.
    pub variants: &'a [Variant<'a>],
}

/// How it is told which variant a stored value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagging<'a> {
    /// `{"Variant": content}`, or `"Variant"` where there is no content.
    External,
    /// `{"tag": "Variant", ..content}`
    Internal {
        /// The name of the tag.
        tag: &'a str,
    },
    /// `{"tag": "Variant", "content": content}`
    Adjacent {
        /// The name of the tag.
        tag: &'a str,
        /// The name of the content.
        content: &'a str,
    },
    /// By the first variant whose content fits.
    Untagged,
}

/// The shape of one variant of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant<'a> {
    /// The name under which it is stored.
    pub name: &'a str,
    /// Further names under which it is read.
    pub aliases: &'a [&'a str],
    /// Whether it stands for every name that is not known.
    pub other: bool,
    /// Whether it alone has no tag.
    pub untagged: bool,
    /// Whether it is neither stored nor read.
    pub skipped: bool,
    /// The variant's name in Rust and its serde attributes, as tokens of the source.
    pub source: &'a str,
    /// What is stored with it.
    pub fields: Fields<'a>,
}

/// The fields of a struct or of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields<'a> {
    /// None at all.
    Unit,
    /// A single one, which is stored without a name or a position.
    Newtype(&'a Field<'a>),
    /// As `Newtype`, by serde's `transparent`: it can be absent where its field can.
    Transparent(&'a Field<'a>),
    /// By position.
    Tuple(&'a [Field<'a>]),
    /// By name.
    Named(&'a [Field<'a>]),
}

/// The shape of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name under which it is stored; its position, where fields have no names.
    pub name: &'a str,
    /// Further names under which it is read.
    pub aliases: &'a [&'a str],
    /// Whether it reads as its default where it is absent.
    pub default: bool,
    /// Whether it may be left out when it is stored.
    pub omitted: bool,
    /// Whether its content is stored in place of it.
    pub flatten: bool,
    /// Whether serde passes over it.
    pub skip: Skip,
    /// Whether every value of it comes back as it was, as far as serde's attributes of the field can tell.
    pub whole: bool,
    /// The field's name and type in Rust and its serde attributes, as tokens of the source.
    pub source: &'a str,
    /// What is stored.
    pub shape: &'a Shape<'a>,
}

/// Whether serde passes over a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// It is stored and read.
    No,
    /// It is read where it is there, and never stored.
    Write,
    /// It is stored, and never read.
    Read,
    /// It is neither stored nor read.
    Both,
}

impl Field<'static> {
    /// A field without a name that has to be there: what expansions begin with.
    #[doc(hidden)]
    pub const PLAIN: Self = Field::new("", &Shape::Unit);
}

impl Struct<'static> {
    /// A struct without anything: what expansions begin with.
    #[doc(hidden)]
    pub const PLAIN: Self = Struct::new("", Fields::Unit);
}

impl Variant<'static> {
    /// A variant without a name: what expansions begin with.
    #[doc(hidden)]
    pub const PLAIN: Self = Variant {
        name: "",
        aliases: &[],
        other: false,
        untagged: false,
        skipped: false,
        source: "",
        fields: Fields::Unit,
    };
}

impl<'a> Field<'a> {
    /// A field that is stored and read under one name, and has to be there.
    #[must_use]
    pub const fn new(name: &'a str, shape: &'a Shape<'a>) -> Self {
        Field {
            name,
            aliases: &[],
            default: false,
            omitted: false,
            flatten: false,
            skip: Skip::No,
            whole: true,
            source: "",
            shape,
        }
    }

    /// Whether it can be read where it is absent.
    #[must_use]
    pub const fn may_be_absent(&self) -> bool {
        self.default && !self.flatten
            || matches!(self.skip, Skip::Read)
            || self.shape.may_be_absent()
    }

    /// Whether it may be left out when it is stored, whatever its value.
    pub(crate) const fn may_be_omitted(&self) -> bool {
        self.omitted || matches!(self.skip, Skip::Write)
    }

    pub(crate) const fn is_read(&self) -> bool {
        !matches!(self.skip, Skip::Read)
    }

    /// Whether something of it lies in the database or is read from there.
    pub(crate) const fn is_stored(&self) -> bool {
        !matches!(self.skip, Skip::Both)
    }
}

impl<'a> Enum<'a> {
    /// What is stored with the variant of this number; `None` where it is its name alone.
    #[must_use]
    pub const fn content(&self, number: usize) -> Option<Shape<'a>> {
        crate::view::content(&self.variants[number], self.tagging, self.closed)
    }
}

impl<'a> Struct<'a> {
    /// A struct without a tag, which passes over fields that it does not know.
    #[must_use]
    pub const fn new(name: &'a str, fields: Fields<'a>) -> Self {
        Struct {
            name,
            serde: "",
            tag: None,
            closed: false,
            fields,
        }
    }
}

impl<'a> Shape<'a> {
    /// Whether a field of this shape reads where it is absent, without a default.
    #[must_use]
    pub const fn may_be_absent(&self) -> bool {
        match self {
            Shape::Optional(_) | Shape::Unseen => true,
            Shape::Struct(Struct {
                fields: Fields::Transparent(field),
                ..
            }) => field.shape.may_be_absent(),
            _ => false,
        }
    }
}
