//! How far each stream has come, in the memory of a few words for each.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::event::Recorded;
use crate::stream::{StreamId, Version};

/// The streams by a digest of their names: a store has many of them, and names are long.
#[derive(Default)]
pub(super) struct Tracks(HashMap<u128, (u64, DateTime<Utc>)>);

impl Tracks {
    /// The version of the last event of the stream, and when it was recorded; `None` where there was none.
    pub(super) fn last(&self, stream: &StreamId) -> Option<(u64, DateTime<Utc>)> {
        self.0.get(&key(stream)).copied()
    }

    pub(super) fn holds(&self, stream: &StreamId) -> bool {
        self.0.contains_key(&key(stream))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Goes on to an event of a store, which must be the next one of its stream.
    ///
    /// # Errors
    /// Where one before it is missing.
    pub(super) fn follow(&mut self, recorded: &Recorded) -> Result<(), Error> {
        let (next, _) = self.next(&recorded.stream, recorded.recorded_at);
        if next == recorded.version {
            return Ok(());
        }
        Err(Error::corrupt(
            &recorded.stream,
            format!("event {next} is missing before event {}", recorded.version),
        ))
    }

    /// Sets how far the stream has come.
    pub(super) fn set(&mut self, recorded: &Recorded) {
        let last = (recorded.version.get(), recorded.recorded_at);
        self.0.insert(key(&recorded.stream), last);
    }

    /// The next place in the stream, at a time that is not before the last one.
    pub(super) fn next(
        &mut self,
        stream: &StreamId,
        recorded_at: DateTime<Utc>,
    ) -> (Version, DateTime<Utc>) {
        let last = self
            .0
            .entry(key(stream))
            .or_insert((0, DateTime::<Utc>::MIN_UTC));
        *last = (last.0.saturating_add(1), last.1.max(recorded_at));
        (Version::new(last.0), last.1)
    }
}

fn key(stream: &StreamId) -> u128 {
    let digest = Sha256::digest(stream.as_str());
    let words = digest.iter().take(16);
    words.fold(0, |key, byte| key << 8 | u128::from(*byte))
}
