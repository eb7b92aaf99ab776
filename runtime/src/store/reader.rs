use std::collections::VecDeque;

use super::Store;
use super::row::Page;
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::stream::{StreamId, Version};

const PAGE: u32 = 500;

/// Reads the events of a stream as they lie in the database, page by page: no connection is held in between, and what was
/// handed out takes no memory any more.
///
/// Each page is read at its own moment. Events are never changed and only added at the end, so what is handed out is
/// always a part of the stream without holes.
#[derive(Debug)]
#[must_use = "a reader does nothing until it is asked for events"]
pub struct StreamReader {
    store: Store,
    stream: StreamId,
    from: u64,
    to: u64,
    backwards: bool,
    limit: u64,
    page: VecDeque<RecordedEvent>,
    is_exhausted: bool,
}

impl StreamReader {
    pub(crate) fn new(store: Store, stream: StreamId) -> Self {
        StreamReader {
            store,
            stream,
            from: 1,
            to: i64::MAX.unsigned_abs(),
            backwards: false,
            limit: u64::MAX,
            page: VecDeque::new(),
            is_exhausted: false,
        }
    }

    /// The lowest version to read, included.
    pub fn from(mut self, version: Version) -> Self {
        self.from = version.get().max(1);
        self
    }

    /// The highest version to read, included.
    pub fn to(mut self, version: Version) -> Self {
        self.to = version.get();
        self
    }

    /// Begins with the highest version.
    pub fn backwards(mut self) -> Self {
        self.backwards = true;
        self
    }

    /// The number of events to read at most.
    pub fn limit(mut self, events: u64) -> Self {
        self.limit = events;
        self
    }

    /// The next event; `None` after the last one.
    ///
    /// # Errors
    /// Where the database fails, or the stream has a hole.
    pub async fn next(&mut self) -> Result<Option<RecordedEvent>, Error> {
        if self.page.is_empty() && !self.is_exhausted {
            self.fetch().await?;
        }
        Ok(self.page.pop_front())
    }

    /// All of them, in memory.
    ///
    /// # Errors
    /// Those of [`StreamReader::next`].
    pub async fn all(mut self) -> Result<Vec<RecordedEvent>, Error> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await? {
            events.push(event);
        }
        Ok(events)
    }

    async fn fetch(&mut self) -> Result<(), Error> {
        let limit = u32::try_from(self.limit).unwrap_or(u32::MAX).min(PAGE);
        if limit == 0 || self.from > self.to {
            self.is_exhausted = true;
            return Ok(());
        }
        let page = Page {
            tenant: self.store.checked(&self.stream)?,
            stream: &self.stream,
            from: Version::new(self.from),
            to: Version::new(self.to),
            backwards: self.backwards,
            limit,
        };
        let (head, events) = self.store.inner.backend.page(page).await?;
        self.limit -= events.len() as u64;
        self.is_exhausted = events.len() < limit as usize;
        // The last version of the stream that is asked for.
        let last = self.to.min(head);
        if self.backwards {
            self.to = last;
        }
        for event in &events {
            self.step_to(event.recorded().version().get(), head)?;
        }
        let rest = if self.backwards {
            self.from..=self.to
        } else {
            self.from..=last
        };
        if self.is_exhausted && !rest.is_empty() {
            return Err(self.damaged(if self.backwards { self.to } else { self.from }, head));
        }
        self.page = events.into();
        Ok(())
    }

    /// Moves the bounds past an event, which must be the next one.
    fn step_to(&mut self, version: u64, head: u64) -> Result<(), Error> {
        let expected = if self.backwards { self.to } else { self.from };
        if version != expected {
            return Err(self.damaged(expected, head));
        }
        if version > head {
            let what = format!("it holds event {version}, but its row says that it has {head}");
            return Err(Error::corrupt(&self.stream, what));
        }
        if self.backwards {
            self.to = version.saturating_sub(1);
        } else {
            self.from = version + 1;
        }
        Ok(())
    }

    fn damaged(&self, missing: u64, head: u64) -> Error {
        let what = format!("event {missing} is missing: its row says that it has {head}");
        Error::corrupt(&self.stream, what)
    }
}
