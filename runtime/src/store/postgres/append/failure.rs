//! Why the statement that appends did not go through.

use std::fmt;

use crate::append::Group;
use crate::error::{Error, ErrorKind};
use crate::stream::Version;

/// Why a statement did not go through.
pub(in crate::store::postgres) enum Failure {
    /// A stream or a command key appeared while it ran.
    Torn,
    /// A lock was held by another transaction for too long, or each waited for the other.
    Locked,
    Other(Error),
}

pub(super) fn busy(group: &Group) -> Error {
    let streams = Streams(group);
    Error::new(
        ErrorKind::Busy,
        format!("another transaction holds {streams} for too long"),
    )
    .with_hint(
        "keep transactions short; append in your own transaction with `append_in`, not beside it",
    )
}

pub(super) fn raced(group: &Group) -> Error {
    let Some(head) = group.heads.first() else {
        return busy(group);
    };
    Error::conflicting(
        &head.stream,
        format!("{}, and its command to be new", head.expected),
        Version::default(),
    )
}

struct Streams<'a>(&'a Group);

impl fmt::Display for Streams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, head) in self.0.heads.iter().enumerate() {
            let separator = if i == 0 { "stream" } else { " or stream" };
            write!(f, "{separator} `{}`", head.stream)?;
        }
        Ok(())
    }
}
