//! Why the statement that appends did not go through.

use std::fmt;

use crate::append::Group;
use crate::error::{Error, ErrorKind};
use crate::store::postgres::during;

/// Why a statement did not go through.
pub(super) enum Failure {
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

/// Another writer made a stream, or used a command key, while the statement ran.
pub(super) fn raced(group: &Group) -> Error {
    match group
        .heads
        .iter()
        .find_map(|head| Some((&head.stream, &*head.keys.first()?.key)))
    {
        Some((stream, key)) => Error::key_taken(stream, key),
        None => Error::new(
            ErrorKind::Conflict,
            format!("another writer made {} at the same moment", Streams(group)),
        )
        .with_hint("append again"),
    }
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

/// Tells what the database said of the statement.
pub(super) fn of(error: sqlx::Error, groups: &[Group]) -> Failure {
    let code = error.as_database_error().and_then(|error| error.code());
    match code.as_deref() {
        // The transaction is one that sees the database as it was when it began.
        Some("40001") => Failure::Other(
            Error::new(ErrorKind::Conflict, "a stream was changed after the transaction began")
                .with_hint("roll the transaction back and run all of it again, or begin it as `read committed`")
                .with_source(error),
        ),
        // The division by zero at the end of the statement.
        Some("22012") => Failure::Torn,
        Some("55P03" | "40P01") => Failure::Locked,
        Some("23505") => Failure::Other(beyond_its_head(groups, error)),
        _ => Failure::Other(during("append")(error)),
    }
}

/// An event stands where the next one belongs.
fn beyond_its_head(groups: &[Group], error: sqlx::Error) -> Error {
    let detail = error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>())
        .and_then(|error| error.detail())
        .unwrap_or_default()
        .to_owned();
    let heads = groups.iter().flat_map(|group| &group.heads);
    let named = heads
        .into_iter()
        .find(|head| detail.contains(&format!(", {}, ", head.stream)));
    match named.or(groups.first().and_then(|group| group.heads.first())) {
        Some(head) => Error::corrupt(
            &head.stream,
            "it holds events beyond the version of its row in `streams`",
        )
        .with_source(error),
        None => during("append")(error),
    }
}
