//! Reads ahead of those who fold.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::{Error, ErrorKind};
use crate::feed::Feed;
use crate::projection::{Read, Reader};

/// What is known of a page while its events are being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Info {
    pub(super) checkpoint: i64,
    pub(super) frontier: i64,
    pub(super) events: usize,
    pub(super) is_end: bool,
}

/// A page whose events are being read, or why there is none.
pub(super) type Ahead = Result<(JoinHandle<Read>, Info), Error>;

/// Reads pages of the feed, and lets their events be read while the next page comes.
pub(super) async fn read_ahead(
    mut feed: Feed,
    reader: Reader,
    limit: i64,
    pages: mpsc::Sender<Ahead>,
) {
    let begun = Instant::now();
    loop {
        let page = match feed.read_as_of(begun).await {
            Ok(page) => page,
            Err(error) => {
                // Who is gone needs no answer.
                let _ = pages.send(Err(error)).await;
                return;
            }
        };
        let next = page.checkpoint();
        let checkpoint = next.to_i64().min(limit);
        let frontier = page.frontier().to_i64();
        let is_end = page.is_end() || checkpoint >= limit;
        let mut events = page.into_events();
        events.retain(|event| event.recorded().position().to_i64() <= limit);
        let info = Info {
            checkpoint,
            frontier,
            events: events.len(),
            is_end,
        };
        let reader = Arc::clone(&reader);
        let read = tokio::task::spawn_blocking(move || reader(events));
        if pages.send(Ok((read, info))).await.is_err() || is_end {
            return;
        }
        feed = feed.after(next);
    }
}

pub(super) fn interrupted(error: &tokio::task::JoinError) -> Error {
    Error::new(
        ErrorKind::Closed,
        format!("the events were not read to their end: {error}"),
    )
    .with_hint("run the migration again: it goes on where it was")
}
