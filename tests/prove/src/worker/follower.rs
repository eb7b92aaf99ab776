//! Followers of the feed. What one was given is written down, and is what it goes on behind after it was killed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use annals::{Error, Event, FeedPage, Position, Subscription};
use tokio::sync::watch;

use super::Shared;
use crate::clock;
use crate::domain::Decided;
use crate::history::{Line, Log, last_checkpoint};
use crate::plant::{self, Plant};
use crate::stored::digest_of;

/// How a follower follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It reads page by page.
    Pages,
    /// It subscribes.
    Subscribed,
    /// It subscribes to one type of event.
    Filtered,
}

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Pages, Kind::Subscribed, Kind::Filtered];

    /// What its file is named after.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Pages => "read",
            Kind::Subscribed => "subscribed",
            Kind::Filtered => "filtered",
        }
    }
}

struct Follower {
    shared: Arc<Shared>,
    log: Log,
    at: i64,
    drain: watch::Receiver<i64>,
}

pub(super) async fn run(shared: Arc<Shared>, kind: Kind) {
    let file = format!("pages-{}-{}.ndjson", kind.name(), shared.settings.worker);
    let path: PathBuf = shared.settings.folder.join(file);
    let at = last_checkpoint(&path);
    let Ok(log) = Log::open(&path) else {
        std::process::exit(3);
    };
    let drain = shared.drain.subscribe();
    let mut follower = Follower {
        shared,
        log,
        at,
        drain,
    };
    match kind {
        Kind::Pages if follower.shared.has(Plant::FrontierSkipped) => {
            follower.by_the_highest_position().await;
        }
        Kind::Pages => follower.by_pages().await,
        Kind::Subscribed | Kind::Filtered => follower.subscribed(kind).await,
    }
}

impl Follower {
    /// Whether all is followed that will ever be.
    fn is_done(&self) -> bool {
        let until = *self.drain.borrow();
        until > 0 && self.at >= until
    }

    async fn by_pages(&mut self) {
        while !self.is_done() {
            let feed = self.shared.store.feed();
            let read = feed.after(Position::new(self.at.unsigned_abs())).page(40);
            match read.read().await {
                Ok(page) => {
                    let is_end = page.is_end();
                    self.given(&page);
                    if is_end {
                        tokio::time::sleep(Duration::from_millis(40)).await;
                    }
                }
                Err(error) => failed(&error).await,
            }
        }
    }

    async fn subscribed(&mut self, kind: Kind) {
        let mut feed = self.shared.store.feed().page(60);
        if kind == Kind::Filtered {
            feed = feed.events([Decided::NAME]);
        }
        let after = Position::new(self.at.unsigned_abs());
        let mut subscription: Subscription = feed.after(after).follow();
        let mut drain = self.drain.clone();
        while !self.is_done() {
            tokio::select! {
                page = subscription.next_page() => match page {
                    Ok(page) => self.given(&page),
                    Err(error) => failed(&error).await,
                },
                // It comes to the end without an event that it is told of.
                _ = drain.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
            }
            let checkpoint = subscription.checkpoint().get().cast_signed();
            if checkpoint > self.at {
                self.write(checkpoint, Vec::new());
            }
        }
    }

    /// As one reads that does not know of the frontier.
    async fn by_the_highest_position(&mut self) {
        while !self.is_done() {
            let read = plant::up_to_the_highest(&self.shared.settings.url, self.at).await;
            match read {
                Ok(events) if !events.is_empty() => {
                    let checkpoint = events.iter().map(|(position, _)| *position).max();
                    self.write(checkpoint.unwrap_or(self.at), events);
                }
                _ => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        }
    }

    fn given(&mut self, page: &FeedPage) {
        let events: Vec<(i64, i64)> = page
            .events()
            .iter()
            .map(|event| {
                let recorded = event.recorded();
                let digest = digest_of(
                    recorded.stream().as_str(),
                    recorded.version().get().cast_signed(),
                    &recorded.event_id().to_string(),
                    event.payload(),
                );
                (recorded.position().get().cast_signed(), digest)
            })
            .collect();
        let checkpoint = page.checkpoint().get().cast_signed();
        if events.is_empty() && checkpoint == self.at {
            return;
        }
        if self.shared.has(Plant::DeliveredTwice) && checkpoint % 7 == 0 {
            self.log.add(&self.line(self.at, events.clone()));
        }
        self.write(checkpoint, events);
    }

    fn write(&mut self, checkpoint: i64, events: Vec<(i64, i64)>) {
        let line = self.line(checkpoint, events);
        self.log.add(&line);
        self.at = checkpoint;
    }

    fn line(&self, checkpoint: i64, events: Vec<(i64, i64)>) -> Line {
        Line::Page {
            after: self.at,
            checkpoint,
            at: clock::now(),
            events,
        }
    }
}

async fn failed(_: &Error) {
    tokio::time::sleep(Duration::from_millis(30)).await;
}
