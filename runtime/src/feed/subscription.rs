use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Feed, FeedPage, POLL};
use crate::error::Error;
use crate::pause::Pause;
use crate::store::Heard;
use crate::stream::Position;

/// Follows the feed. Made by [`Feed::follow`].
///
/// Between two pages it holds no connection and, besides its place, no memory. It is woken by what this process appends;
/// what others append it finds by looking, more often after something came and less often while nothing does. All
/// subscriptions of a store that wait look once for all of them.
#[derive(Debug)]
#[must_use = "a subscription does nothing until it is asked for pages"]
pub struct Subscription {
    feed: Feed,
    news: watch::Receiver<Heard>,
    idle: Pause,
    /// While something is to be seen that must not be handed out yet: nobody tells when that is over.
    held_up: Pause,
}

/// What ended a wait.
enum Woken {
    /// Something was stored.
    Appended,
    /// Somebody found out that there is more to read.
    Found,
    /// Nothing happened for so long.
    Nothing(Duration),
}

impl Subscription {
    pub(super) fn new(feed: Feed) -> Self {
        Subscription {
            news: feed.store.inner.news.listen(),
            idle: Pause::up_to(feed.poll),
            held_up: Pause::up_to(feed.poll.min(POLL)),
            feed,
        }
    }

    /// The next page, as soon as there is one: it has at least one event.
    ///
    /// Where the future is dropped before it is ready, nothing is lost: the next call hands out the same events.
    ///
    /// # Errors
    /// Those of [`Feed::read`]. After one that is [retryable](Error::is_retryable), call again: it goes on where it was.
    pub async fn next_page(&mut self) -> Result<FeedPage, Error> {
        // At first whatever is known will do; what was appended before this call counts as not heard yet.
        let mut since = Instant::now();
        loop {
            let heard = *self.news.borrow_and_update();
            let rows = self.feed.rows(since, true).await?;
            self.feed.after = rows.checkpoint;
            if !rows.events.is_empty() {
                self.idle.shorten();
                self.held_up.shorten();
                return Ok(FeedPage::of(rows));
            }
            if rows.checkpoint < rows.frontier {
                continue;
            }
            let pause = if rows.frontier < rows.last {
                self.held_up.take()
            } else {
                self.held_up.shorten();
                self.idle.take()
            };
            since = match self.wait(heard, pause).await {
                Woken::Appended => Instant::now(),
                // What is known already is more than was read.
                Woken::Found => since,
                // Others who wait as well may have looked in the meantime.
                Woken::Nothing(pause) => {
                    let now = Instant::now();
                    now.checked_sub(pause / 2).unwrap_or(now)
                }
            };
        }
    }

    /// Where it is: all events up to here that were asked for have been handed out. It moves on past what was not asked for,
    /// also while a call of [`Subscription::next_page`] finds nothing; one that is cut short, by a timeout for example, leaves
    /// it where that call had come.
    #[must_use]
    pub fn checkpoint(&self) -> Position {
        self.feed.after
    }

    async fn wait(&mut self, before: Heard, pause: Duration) -> Woken {
        let woken = async {
            // An error would say that the store is gone, which the feed holds.
            while self.news.changed().await.is_ok() {
                let heard = *self.news.borrow_and_update();
                if (heard.appends, heard.announcements) != (before.appends, before.announcements) {
                    return Woken::Appended;
                }
                if heard.frontier > self.feed.after.get() {
                    return Woken::Found;
                }
            }
            std::future::pending().await
        };
        let woken = tokio::time::timeout(pause, woken).await;
        woken.unwrap_or(Woken::Nothing(pause))
    }
}
