use std::collections::VecDeque;

use super::Store;
use crate::append::check_tenant;
use crate::error::Error;
use crate::stream::StreamId;

const PAGE: u32 = 1000;

/// Lists the streams of an aggregate by name, page by page.
#[derive(Debug)]
#[must_use = "a list does nothing until it is asked for streams"]
pub struct StreamList {
    store: Store,
    aggregate: String,
    after: String,
    page: VecDeque<String>,
    is_exhausted: bool,
}

impl StreamList {
    pub(crate) fn new(store: Store, aggregate: &str) -> Self {
        StreamList {
            store,
            aggregate: aggregate.to_owned(),
            after: String::new(),
            page: VecDeque::new(),
            is_exhausted: false,
        }
    }

    /// The next stream; `None` after the last one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn next(&mut self) -> Result<Option<StreamId>, Error> {
        if self.page.is_empty() && !self.is_exhausted {
            let tenant = self.store.tenant_name();
            check_tenant(tenant)?;
            let names = self
                .store
                .inner
                .backend
                .streams(tenant, &self.aggregate, &self.after, PAGE)
                .await?;
            self.is_exhausted = names.len() < PAGE as usize;
            if let Some(last) = names.last() {
                self.after.clone_from(last);
            }
            self.page = names.into();
        }
        Ok(self.page.pop_front().map(|name| {
            let id = name
                .strip_prefix(&self.aggregate)
                .and_then(|rest| rest.strip_prefix('-'));
            StreamId::new(&self.aggregate, id.unwrap_or(&name))
        }))
    }
}
