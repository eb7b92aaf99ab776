use std::path::PathBuf;

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{LitStr, Path, Type};

use super::block::last_segment;

/// The most columns that a key has.
pub(crate) const KEYS: usize = 4;

/// A row, and the table that it belongs to.
pub(crate) struct ReadModel {
    pub(crate) ident: Ident,
    /// The path of the crate `annals`.
    pub(crate) krate: Path,
    /// The folder of the schema lock, where the user names one.
    pub(crate) lock: Option<LitStr>,
    /// The folder; `None` where the compiler was not started by cargo, so that nothing tells where it is.
    pub(crate) folder: Option<PathBuf>,
    /// The generic parameters, where it has some.
    pub(crate) generics: TokenStream,
    pub(crate) form: Form,
}

/// What was derived on.
pub(crate) enum Form {
    /// A struct with named fields.
    Row(Vec<Field>),
    /// Something else: what it is called, and where that is written.
    Other(&'static str, Span),
}

/// A field and its column.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// `#[key]`
    pub(crate) key: Option<Ident>,
    /// `#[index]`
    pub(crate) index: Option<Ident>,
    /// `#[column(text)]`
    pub(crate) text: Option<Ident>,
    /// `#[column(json)]`
    pub(crate) json: Option<Ident>,
    /// `#[column(name = "..")]`
    pub(crate) name: Option<LitStr>,
}

impl ReadModel {
    /// The fields; none of what is no row.
    pub(crate) fn fields(&self) -> &[Field] {
        match &self.form {
            Form::Row(fields) => fields,
            Form::Other(..) => &[],
        }
    }

    /// The fields by which a row is found, in their order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Field> {
        self.fields().iter().filter(|field| field.key.is_some())
    }

    /// Whether rows can be found by the key, as far as tokens show.
    pub(crate) fn keys_are_right(&self) -> bool {
        (1..=KEYS).contains(&self.keys().count())
            && self
                .keys()
                .all(|field| field.json.is_none() && !field.is_option())
    }
}

impl Field {
    /// Whether the field may be absent.
    pub(crate) fn is_option(&self) -> bool {
        last_segment(&self.ty).is_some_and(|segment| segment.ident == "Option")
    }

    /// The name of the column, which is the field's where none is written.
    pub(crate) fn column(&self) -> String {
        match &self.name {
            Some(name) => name.value(),
            None => self.ident.unraw().to_string(),
        }
    }
}
