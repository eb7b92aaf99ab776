use std::fmt;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::AbortHandle;

use super::{Feed, FeedPage};
use crate::error::{Error, ErrorKind};

/// How many pages wait until they are asked for, besides the one that is being read.
const AHEAD: usize = 1;

/// Reads the feed to its end, and goes on reading while a page is looked at. Made by [`Feed::replay`].
///
/// It takes the memory of three pages: the one that was handed out, one that waits, one that is being read.
#[must_use = "a replay does nothing until it is asked for pages"]
pub struct Replay {
    feed: Feed,
    reading: Option<Reading>,
    is_over: bool,
}

/// A task that reads. It ends with the value.
struct Reading {
    pages: Receiver<Result<FeedPage, Error>>,
    task: AbortHandle,
}

impl Replay {
    pub(super) fn new(feed: Feed) -> Self {
        Replay {
            feed,
            reading: None,
            is_over: false,
        }
    }

    /// The next page with events; `None` at the end of the feed, as it was when the first page was asked for or later.
    ///
    /// Where the future is dropped before it is ready, nothing is lost: the next call hands out the same page.
    ///
    /// # Errors
    /// Those of [`Feed::read`], and [`ErrorKind::Closed`] outside of a Tokio runtime or where it is ending. After one that
    /// is [retryable](Error::is_retryable), call again: it goes on where it was.
    pub async fn next_page(&mut self) -> Result<Option<FeedPage>, Error> {
        while !self.is_over {
            let reading = match &mut self.reading {
                Some(reading) => reading,
                none => none.insert(Reading::begin(self.feed.clone())?),
            };
            let page = match reading.pages.recv().await.unwrap_or_else(|| Err(ended())) {
                Ok(page) => page,
                Err(error) => {
                    self.reading = None;
                    return Err(error);
                }
            };
            self.feed.after = page.checkpoint();
            self.is_over = page.is_end();
            if !page.events().is_empty() {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }
}

impl Reading {
    fn begin(feed: Feed) -> Result<Self, Error> {
        let runtime = Handle::try_current().map_err(|error| ended().with_source(error))?;
        let (sender, pages) = mpsc::channel(AHEAD);
        let task = runtime.spawn(read(feed, sender)).abort_handle();
        Ok(Reading { pages, task })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(mut feed: Feed, pages: Sender<Result<FeedPage, Error>>) {
    let begun = Instant::now();
    loop {
        let page = feed.rows(begun, false).await.map(FeedPage::of);
        let next = page.as_ref().ok().filter(|page| !page.is_end());
        let next = next.map(FeedPage::checkpoint);
        let is_wanted = pages.send(page).await.is_ok();
        match next {
            Some(next) if is_wanted => feed = feed.after(next),
            _ => return,
        }
    }
}

fn ended() -> Error {
    Error::new(
        ErrorKind::Closed,
        "the feed cannot be read ahead: no Tokio runtime is there, or it is ending",
    )
    .with_hint("replay it within `#[tokio::main]`, or page by page with `Feed::read`")
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("feed", &self.feed)
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}
