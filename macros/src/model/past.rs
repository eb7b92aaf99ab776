use annals_schema::lock::{LockedEvent, LockedVersion};
use annals_schema::{Bump, Flaw};
use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Expr, LitStr, Path, Type, Visibility};

use super::Number;
use super::lock::Lock;
use super::past_types;
use crate::text::text;

/// An old version of an event that is brought back from the lock.
pub(crate) struct Past {
    pub(crate) krate: Path,
    /// The folder of the lock, where the user names one.
    pub(crate) folder: Option<LitStr>,
    pub(crate) event: LitStr,
    pub(crate) version: Number,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    /// Types of the user's for places inside.
    pub(crate) types: Vec<(LitStr, Type)>,
    pub(crate) upcast: Option<Expr>,
    pub(crate) upcast_json: Option<Expr>,
    pub(crate) lock: Lock<LockedEvent>,
}

impl Past {
    /// What is locked of the version.
    pub(crate) fn locked(&self) -> Option<&LockedVersion> {
        let (_, event) = self.lock.found.as_ref().ok()?.as_ref()?;
        event.versions.get(&self.version.number)
    }

    /// Further names under which the event was stored.
    pub(crate) fn aliases(&self) -> Vec<&String> {
        match &self.lock.found {
            Ok(Some((_, event))) => event.aliases.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// A path below `annals::__rt` as serde wants it, in a string.
    pub(crate) fn rt(&self, name: &str) -> String {
        let krate = text(self.krate.to_token_stream()).replace(' ', "");
        format!("{krate}::__rt::{name}")
    }

    /// The types that the version needs; none where it is not locked.
    ///
    /// # Errors
    /// Where the lock is not understood.
    pub(crate) fn types(&self) -> Result<Types, Flaw> {
        let Some(locked) = self.locked() else {
            return Ok(Types::default());
        };
        let memory = Bump::new();
        let shape = locked.shape.shape(&memory)?;
        Ok(past_types::types(&self.ident, shape, &self.types))
    }
}

/// The types of an old version, as its shape asks for them.
#[derive(Default)]
pub(crate) struct Types {
    /// The event first, then what lies in it.
    pub(crate) defs: Vec<Def>,
    /// Places for which no type can be made, with the reason.
    pub(crate) lacking: Vec<(String, String)>,
}

/// A type that is made.
pub(crate) struct Def {
    pub(crate) name: Ident,
    pub(crate) serde: Vec<Setting>,
    pub(crate) body: DefBody,
}

pub(crate) enum DefBody {
    Struct(Vec<DefField>),
    Items(Vec<Ty>),
    /// Stored as what it holds.
    Newtype(Ty),
    Enum(Vec<DefVariant>),
    /// JSON of a form that is known by its name.
    Format {
        name: String,
        sample: String,
    },
}

pub(crate) struct DefField {
    pub(crate) ident: Ident,
    pub(crate) serde: Vec<Setting>,
    pub(crate) ty: Ty,
}

pub(crate) struct DefVariant {
    pub(crate) ident: Ident,
    pub(crate) serde: Vec<Setting>,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Unit,
    One(Ty),
    Items(Vec<Ty>),
    Fields(Vec<DefField>),
}

/// A type in a field.
pub(crate) enum Ty {
    /// One that is made.
    Made(Ident),
    /// The one that is being made.
    Itself(Ident),
    /// One of the user's.
    Given(Box<Type>),
    /// By the word of the lock.
    Plain(String),
    /// A form for which annals has a type.
    Known(&'static str),
    Optional(Box<Ty>),
    List(Box<Ty>),
    Set(Box<Ty>),
    Array(Box<Ty>, usize),
    Map(Box<Ty>, Box<Ty>),
    Tuple(Vec<Ty>),
}

/// A setting of serde's.
pub(crate) enum Setting {
    Word(&'static str),
    Text(&'static str, String),
    /// The field could be left out once. Nobody writes an old version, so that it does not matter when.
    NeverOmitted,
}
