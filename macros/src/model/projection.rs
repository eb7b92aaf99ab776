use proc_macro2::{Ident, TokenStream};
use syn::{Expr, LitStr, Pat, Path, Type};

use super::{Number, block};

/// An impl block under `#[projection]`.
pub(crate) struct Projection {
    pub(crate) krate: Path,
    /// The read model, or the type whose methods write by themselves.
    pub(crate) target: Type,
    /// Its name, for messages.
    pub(crate) of: String,
    pub(crate) settings: Settings,
    /// The block as it was written, without the attributes of its methods that are read here.
    pub(crate) source: TokenStream,
    pub(crate) methods: Vec<Method>,
    /// Constants, types and macros, with what each is called.
    pub(crate) strays: Vec<(TokenStream, &'static str)>,
    /// The trait, where it is the impl of one.
    pub(crate) of_trait: Option<Path>,
    /// The generic parameters, where it has some.
    pub(crate) generics: TokenStream,
}

/// What stands in the parentheses of `#[projection(..)]`.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<Number>,
    /// The key `partitions`, and the number.
    pub(crate) partitions: Option<(Ident, Number)>,
    pub(crate) inline: Option<Ident>,
    pub(crate) live: Option<Ident>,
    pub(crate) ignore: Vec<Type>,
    pub(crate) exhaustive: Vec<Type>,
    /// Whether a key was there that could not be read: then its absence is no mistake of its own.
    pub(crate) garbled: bool,
}

pub(crate) struct Method {
    pub(crate) written: block::Method,
    /// The names of its rows, where the id of the stream is none.
    pub(crate) rows: Option<Rows>,
    /// `#[effect]`
    pub(crate) effect: Option<Ident>,
    /// Whether an attribute was there that could not be read.
    pub(crate) garbled: bool,
}

/// `#[key(..)]` or `#[keys(..)]`
pub(crate) struct Rows {
    /// The word `key` or `keys`.
    pub(crate) attribute: Ident,
    pub(crate) expression: Expr,
}

impl Rows {
    /// Whether the expression names any number of rows.
    pub(crate) fn several(&self) -> bool {
        self.attribute == "keys"
    }
}

/// What the methods of a block are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// They say how a row changes.
    Rows,
    /// They write by themselves.
    Writes,
}

/// What became of a block's methods.
pub(crate) struct Handlers<'a> {
    pub(crate) kind: Kind,
    pub(crate) good: Vec<Handler<'a>>,
    /// The events that methods with a mistake take.
    pub(crate) excused: Vec<Type>,
}

/// A method whose signature says what it is for.
pub(crate) struct Handler<'a> {
    pub(crate) method: &'a Method,
    pub(crate) role: Role,
    pub(crate) event: Type,
    /// What the method calls the event.
    pub(crate) pattern: &'a Pat,
    /// What it calls the circumstances, where it asks for them.
    pub(crate) cx: Option<&'a Pat>,
    /// Whether it asks for the transaction, too.
    pub(crate) tx: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Makes a row.
    Insert,
    /// Changes a row in place.
    Update,
    /// Makes a row of a row, or deletes it.
    Replace,
    /// Makes a row, whether or not there was one.
    Upsert,
    /// Writes by itself.
    Write,
}
