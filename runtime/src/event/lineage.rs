use annals_schema::Shape;

use super::{Event, Release};

/// One version of an event and the versions that lead to it: a list, newest first, known at compile time.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Lineage {
    /// The stored name.
    pub name: &'static str,
    /// Further stored names.
    pub aliases: &'static [&'static str],
    /// The version.
    pub version: u32,
    /// The type's name in Rust.
    pub type_name: &'static str,
    /// What no shape shows, in the user's words.
    pub meaning: &'static str,
    /// What the lock holds of it.
    pub release: Release,
    /// What is stored of this version.
    pub shape: &'static Shape<'static>,
    /// The tokens of the step that leads here from below; empty where there is none.
    pub step: &'static str,
    /// The version below.
    pub below: Option<&'static Lineage>,
    /// The type's whole path, of which the compiler makes no constant.
    path: fn() -> &'static str,
}

impl Lineage {
    pub(crate) const fn of<E: Event>() -> Self {
        let (step, below) = match E::PAST {
            Some(past) => (past.tokens, past.lineage),
            None => ("", None),
        };
        Lineage {
            name: E::NAME,
            aliases: E::ALIASES,
            version: E::VERSION,
            type_name: E::TYPE,
            meaning: E::MEANING,
            release: E::RELEASE,
            shape: E::SHAPE,
            step,
            below,
            path: std::any::type_name::<E>,
        }
    }

    /// The type's path in Rust: what tells two types of one name apart.
    pub(crate) fn type_path(&self) -> &'static str {
        (self.path)()
    }

    /// This version and those below it, newest first.
    pub(crate) fn versions(&'static self) -> impl Iterator<Item = &'static Lineage> {
        std::iter::successors(Some(self), |lineage| lineage.below)
    }

    /// Whether events are stored under this name.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}
