//! What was written, as plain data: nothing here parses, judges or generates.

pub(crate) mod aggregate;
pub(crate) mod block;
pub(crate) mod event;
pub(crate) mod lock;
pub(crate) mod past;
mod past_types;
pub(crate) mod process;
pub(crate) mod projection;
pub(crate) mod read_model;
pub(crate) mod shape;

use proc_macro2::{Ident, Span};
use syn::{Generics, LitStr, Path, Visibility};

/// What any derived-on item has.
pub(crate) struct Item {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    /// The path of the crate `annals`.
    pub(crate) krate: Path,
    /// The folder of the schema lock, where the user names one.
    pub(crate) lock: Option<LitStr>,
    pub(crate) stored: shape::Stored,
}

impl Item {
    /// A file of the lock, from the folder in which `Cargo.toml` lies, or in the words of the user who named another folder.
    pub(crate) fn lock_file(&self, file: &str) -> String {
        let named = self.lock.as_ref().map(LitStr::value);
        let folder = named.as_deref().unwrap_or(annals_schema::lock::FOLDER);
        format!("{}/{file}", folder.trim_end_matches('/'))
    }
}

/// A number, with its place.
pub(crate) struct Number {
    pub(crate) number: u32,
    pub(crate) span: Span,
}

/// The path of the crate `annals`, unless the user says otherwise.
pub(crate) fn default_crate() -> Path {
    let mut path = Path::from(Ident::new("annals", proc_macro2::Span::call_site()));
    path.leading_colon = Some(syn::token::PathSep::default());
    path
}
