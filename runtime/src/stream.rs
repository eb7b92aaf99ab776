//! Streams, versions and positions.

use std::fmt::{self, Display};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names one stream of events: `account-123`, the name of an aggregate and the id of one instance.
///
/// Any text makes a stream id; the store refuses those that it cannot keep: an empty name or id, a name or id with a
/// NUL in it, and more than 500 bytes in all.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    text: Arc<str>,
    category: usize,
}

impl StreamId {
    /// The stream of the instance `id` of the aggregate `category`.
    #[must_use]
    pub fn new(category: &str, id: impl Display) -> Self {
        StreamId {
            text: format!("{category}-{id}").into(),
            category: category.len(),
        }
    }

    /// The stream of this whole name, which begins with that of the aggregate and a dash; `None` where it does not.
    pub(crate) fn of_name(name: &str, category: &str) -> Option<Self> {
        name.strip_prefix(category)?.strip_prefix('-')?;
        Some(StreamId {
            text: name.into(),
            category: category.len(),
        })
    }

    /// The name of the aggregate: `account` in `account-123`.
    #[must_use]
    pub fn category(&self) -> &str {
        &self.text[..self.category]
    }

    /// The id of the instance: `123` in `account-123`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.text[self.category + 1..]
    }

    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The whole name: `account-123`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident)+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Makes one of its number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                $name(number)
            }

            /// Its number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Its number as the databases keep it. None that they gave out is larger than they keep.
            pub(crate) fn to_i64(self) -> i64 {
                i64::try_from(self.0).unwrap_or(i64::MAX)
            }

            /// One of its number as the databases keep it. None that they gave out is negative.
            pub(crate) fn of_i64(number: i64) -> Self {
                $name(u64::try_from(number).unwrap_or_default())
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        })+
    };
}

numbers! {
    /// A place in one stream: its first event has version 1, and no version is left out. The version of a stream is that
    /// of its last event; 0 where it has none.
    Version
    /// A place in the order of all events of a store: unique, rising, and with holes.
    Position
}
