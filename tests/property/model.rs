//! What a store is, as plain lists.

use std::collections::HashMap;

use annals::{Expected, Version};
use annals_tests::domain::Ledger;

use crate::STREAMS;
use crate::calls::{Part, Wanted};

/// What came of a command, in the terms of the model.
pub(crate) type Outcome = Result<u64, i64>;

/// The store as plain lists.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) streams: [Vec<i64>; STREAMS],
    pub(crate) outcomes: HashMap<(usize, u8), Outcome>,
}

impl Model {
    pub(crate) fn version(&self, stream: usize) -> u64 {
        self.streams[stream].len() as u64
    }

    pub(crate) fn expected(&self, part: &Part) -> Expected {
        match part.expected {
            Wanted::Off(by) => {
                let version = self.version(part.stream) as i64 + by;
                Expected::Exact(Version::new(version.max(0).unsigned_abs()))
            }
            Wanted::NoStream => Expected::NoStream,
            Wanted::Exists => Expected::Exists,
            Wanted::Any => Expected::Any,
        }
    }

    pub(crate) fn holds(&self, part: &Part) -> bool {
        let version = self.version(part.stream);
        match self.expected(part) {
            Expected::Exact(expected) => expected.get() == version,
            Expected::NoStream => version == 0,
            Expected::Exists => version > 0,
            Expected::Any => true,
        }
    }

    pub(crate) fn state(&self, stream: usize, version: u64) -> Ledger {
        let version = version.min(self.version(stream));
        let entries = self.streams[stream][..version as usize].to_vec();
        Ledger {
            balance: entries.iter().sum(),
            entries,
        }
    }

    /// What comes of a command, and whether it was decided already.
    pub(crate) fn command(
        &mut self,
        stream: usize,
        entry: i64,
        key: Option<u8>,
    ) -> (Outcome, bool) {
        let known = key.and_then(|key| self.outcomes.get(&(stream, key)));
        if let Some(known) = known {
            return (*known, true);
        }
        let balance = self.streams[stream].iter().sum::<i64>();
        let outcome = if balance + entry < 0 {
            Err(-(balance + entry))
        } else {
            self.streams[stream].push(entry);
            Ok(self.version(stream))
        };
        if let Some(key) = key {
            self.outcomes.insert((stream, key), outcome);
        }
        (outcome, false)
    }
}
