//! What an app has made known to the store that it opened.

use std::fmt;
use std::sync::Arc;

use super::engine::Engine;
use super::inline::Inline;

/// The projections, the processes and the relays of an app.
#[derive(Default)]
pub(crate) struct Registered {
    pub(crate) engines: Vec<Arc<dyn Engine>>,
    /// Those that change with each append.
    pub(crate) inline: Vec<Arc<Inline>>,
    pub(crate) processes: Vec<Arc<dyn Engine>>,
    pub(crate) relays: Vec<Arc<dyn Engine>>,
}

impl Registered {
    /// All that follow the feed.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<dyn Engine>> {
        let others = self.processes.iter().chain(&self.relays);
        self.engines.iter().chain(others)
    }

    pub(crate) fn engine(&self, name: &str, version: u32) -> Option<&Arc<dyn Engine>> {
        let mut engines = self.all();
        engines.find(|engine| {
            let definition = engine.definition();
            *definition.name == *name && definition.version == version
        })
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.all().map(|engine| engine.definition());
        f.debug_list().entries(names).finish()
    }
}
