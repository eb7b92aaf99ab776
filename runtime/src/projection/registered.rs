//! What an app has made known to the store that it opened.

use std::fmt;
use std::sync::Arc;

use super::engine::Engine;
use super::inline::Inline;

/// The projections of an app.
#[derive(Default)]
pub(crate) struct Registered {
    pub(crate) engines: Vec<Arc<dyn Engine>>,
    /// Those that change with each append.
    pub(crate) inline: Vec<Arc<Inline>>,
}

impl Registered {
    pub(crate) fn engine(&self, name: &str, version: u32) -> Option<&Arc<dyn Engine>> {
        let mut engines = self.engines.iter();
        engines.find(|engine| {
            let definition = engine.definition();
            *definition.name == *name && definition.version == version
        })
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.engines.iter().map(|engine| engine.definition());
        f.debug_list().entries(names).finish()
    }
}
