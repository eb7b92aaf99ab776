//! What a tenant's events become, one after another.

use std::collections::VecDeque;

use super::BATCH_BYTES;
use super::mapping::Mapping;
use super::tracks::Tracks;
use super::walk::Walk;
use crate::error::Error;
use crate::store::copy::Copied;
use crate::stream::Position;

pub(super) struct Mapped<'m, 'a> {
    walk: Walk,
    mapping: Mapping<'m, 'a>,
    ready: VecDeque<Copied>,
    /// How many events were read.
    pub(super) read: u64,
}

impl<'m, 'a> Mapped<'m, 'a> {
    pub(super) fn new(walk: Walk, mapping: Mapping<'m, 'a>) -> Self {
        Mapped {
            walk,
            mapping,
            ready: VecDeque::new(),
            read: 0,
        }
    }

    /// How far the source was read.
    pub(super) fn at(&self) -> Position {
        self.walk.at()
    }

    /// How far each stream of the target has come.
    pub(super) fn into_target(self) -> Tracks {
        self.mapping.target
    }

    /// The next event; `None` after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Copied>, Error> {
        while self.ready.is_empty() {
            let Some(events) = self.walk.next().await? else {
                return Ok(None);
            };
            self.read += events.len() as u64;
            let ready = &mut self.ready;
            for event in &events {
                self.mapping
                    .run(event, &mut |copied| ready.push_back(copied))?;
            }
        }
        Ok(self.ready.pop_front())
    }

    /// The next events, up to so many; none after the last one.
    pub(super) async fn batch(&mut self, most: u32) -> Result<Vec<Copied>, Error> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < most as usize && bytes < BATCH_BYTES {
            let Some(copied) = self.next().await? else {
                break;
            };
            bytes += copied.row.payload.len();
            batch.push(copied);
        }
        Ok(batch)
    }
}
