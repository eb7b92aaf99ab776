//! Names of rows that come one after another.

use std::sync::Arc;

/// How many different names are remembered.
const KEPT: usize = 32;

/// Hands out names that come again and again: tenants, types of events. One that came before serves again.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<Arc<str>>);

impl Names {
    pub(crate) fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.iter().find(|known| ***known == *name) {
            return Arc::clone(known);
        }
        if self.0.len() == KEPT {
            self.0.clear();
        }
        let name: Arc<str> = name.into();
        self.0.push(Arc::clone(&name));
        name
    }
}
