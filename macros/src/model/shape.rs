use proc_macro2::{Ident, Span, TokenStream};
use syn::{LitStr, Type};

/// What serde stores of a type.
pub(crate) struct Stored {
    /// The word that the user gave for the whole of it.
    pub(crate) declared: Option<LitStr>,
    pub(crate) serde: Serde,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Struct(Fields),
    Enum(Vec<Variant>),
    Union(Span),
}

pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) serde: Serde,
    pub(crate) fields: Fields,
}

pub(crate) enum Fields {
    Unit,
    Tuple(Vec<Field>),
    Named(Vec<Field>),
}

pub(crate) struct Field {
    /// The field's name without `r#`, or its position.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) declared: Option<LitStr>,
    pub(crate) serde: Serde,
}

/// The serde attributes of a type, a variant or a field.
#[derive(Default)]
pub(crate) struct Serde {
    /// What stands in the parentheses of each attribute.
    pub(crate) tokens: Vec<TokenStream>,
    /// `skip`, `skip_serializing`, `skip_deserializing`: the value is not stored, or not read back.
    pub(crate) skip: Option<Ident>,
    /// `skip_serializing_if` whose predicate is not known to mean "empty", so that a value could be lost.
    pub(crate) skip_if: Option<Ident>,
    /// `skip_serializing_if` whose absence does not read back by itself, as that of an `Option` does.
    pub(crate) left_out: Option<Ident>,
    /// `default`: what is absent reads back.
    pub(crate) default: Option<Ident>,
    /// `with` and its kin: functions decide on what is stored.
    pub(crate) with: Option<Ident>,
    /// `from`, `into` and their kin: another type decides on what is stored.
    pub(crate) through: Option<Ident>,
}

impl Serde {
    /// Whether every value is stored and read back.
    pub(crate) fn is_stored(&self) -> bool {
        self.skip.is_none() && self.skip_if.is_none()
    }
}

impl Fields {
    pub(crate) fn list(&self) -> &[Field] {
        match self {
            Fields::Unit => &[],
            Fields::Tuple(fields) | Fields::Named(fields) => fields,
        }
    }
}

impl Stored {
    /// The fields of the struct, or of all variants of the enum.
    pub(crate) fn fields(&self) -> Box<dyn Iterator<Item = &Field> + '_> {
        match &self.body {
            Body::Struct(fields) => Box::new(fields.list().iter()),
            Body::Enum(variants) => {
                Box::new(variants.iter().flat_map(|variant| variant.fields.list()))
            }
            Body::Union(_) => Box::new(std::iter::empty()),
        }
    }

    /// The variants of the enum; none for a struct.
    pub(crate) fn variants(&self) -> &[Variant] {
        match &self.body {
            Body::Enum(variants) => variants,
            Body::Struct(_) | Body::Union(_) => &[],
        }
    }
}
