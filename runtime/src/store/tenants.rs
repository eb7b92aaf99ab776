//! Tenants of rows that come one after another.

use std::sync::Arc;

/// Hands out the names of tenants. Most often a row belongs to the tenant of the one before, whose name serves again.
#[derive(Debug, Default)]
pub(crate) struct Tenants {
    last: Option<Arc<str>>,
}

impl Tenants {
    pub(crate) fn name(&mut self, tenant: &str) -> Arc<str> {
        match &self.last {
            Some(last) if **last == *tenant => Arc::clone(last),
            _ => Arc::clone(self.last.insert(tenant.into())),
        }
    }
}
