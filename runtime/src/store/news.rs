//! Tells those who follow the feed that there may be something new.
//!
//! It spares waiting and is no guarantee: what other processes append is not heard here.

use tokio::sync::watch;

/// What there is to hear. Each number only rises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// How often events were stored.
    pub(crate) appends: u64,
    /// How often others announced that they stored events.
    pub(crate) announcements: u64,
    /// The highest frontier that anybody here has found.
    pub(crate) frontier: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    heard: watch::Sender<Heard>,
    /// How often a projection moved on.
    projected: watch::Sender<u64>,
}

impl News {
    /// A projection moved on.
    pub(crate) fn projected(&self) {
        self.projected.send_modify(|times| *times += 1);
    }

    /// For those who wait for a projection.
    pub(crate) fn projections(&self) -> watch::Receiver<u64> {
        self.projected.subscribe()
    }

    /// Events were stored.
    pub(crate) fn appended(&self) {
        self.heard.send_modify(|heard| heard.appends += 1);
    }

    /// Another process says that it stored events.
    pub(crate) fn announced(&self) {
        self.heard.send_modify(|heard| heard.announcements += 1);
    }

    /// Somebody found out how far the feed can be read.
    pub(crate) fn found(&self, frontier: u64) {
        self.heard.send_if_modified(|heard| {
            let is_higher = frontier > heard.frontier;
            heard.frontier = heard.frontier.max(frontier);
            is_higher
        });
    }

    pub(crate) fn listen(&self) -> watch::Receiver<Heard> {
        self.heard.subscribe()
    }
}
