use std::collections::VecDeque;

use super::{open, stream_id};
use crate::app::App;
use crate::error::Error;
use crate::event::RecordedEvent;
use crate::feed::Subscription;
use crate::store::StreamReader;
use crate::stream::{StreamId, Version};

/// The events of a stream, by its whole name, like `account-123`.
///
/// # Errors
/// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) where there is no such stream; otherwise where the store cannot be
/// opened or fails.
pub async fn events(app: &App, tenant: &str, name: &str) -> Result<StreamReader, Error> {
    let store = open(app, tenant).await?;
    let stream = stream_id(&store, name).await?;
    Ok(store.stream(&stream))
}

/// The events of a stream from a version on, and then those that come. It holds up nobody, and skips nothing.
///
/// # Errors
/// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) where there is no such stream; otherwise where the store cannot be
/// opened, fails, or is a standby.
pub async fn follow(
    app: &App,
    tenant: &str,
    name: &str,
    from: Version,
) -> Result<StreamTail, Error> {
    let store = open(app, tenant).await?;
    let stream = stream_id(&store, name).await?;
    // Before the stream is read: what it does not hold then comes after this position.
    let frontier = store.frontier().await?;
    let feed = store.feed().after(frontier).categories([stream.category()]);
    Ok(StreamTail {
        reader: Some(store.stream(&stream).from(from)),
        subscription: feed.follow(),
        page: VecDeque::new(),
        next: from,
        stream,
    })
}

/// Follows a stream. Made by [`follow`].
#[derive(Debug)]
#[must_use = "a tail does nothing until it is asked for events"]
pub struct StreamTail {
    stream: StreamId,
    /// As long as it may have more.
    reader: Option<StreamReader>,
    subscription: Subscription,
    page: VecDeque<RecordedEvent>,
    /// The lowest version that was not handed out.
    next: Version,
}

impl StreamTail {
    /// The next event, as soon as there is one.
    ///
    /// Where the future is dropped before it is ready, nothing is lost.
    ///
    /// # Errors
    /// Where the database fails, or what is stored is damaged.
    pub async fn next(&mut self) -> Result<RecordedEvent, Error> {
        loop {
            if let Some(reader) = &mut self.reader {
                match reader.next().await? {
                    Some(event) => return Ok(self.pass(event)),
                    None => self.reader = None,
                }
            }
            while let Some(event) = self.page.pop_front() {
                let recorded = event.recorded();
                if *recorded.stream() == self.stream && recorded.version() >= self.next {
                    return Ok(self.pass(event));
                }
            }
            self.page = self.subscription.next_page().await?.into_events().into();
        }
    }

    fn pass(&mut self, event: RecordedEvent) -> RecordedEvent {
        self.next = Version::new(event.recorded().version().get() + 1);
        event
    }
}
