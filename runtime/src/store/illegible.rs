//! Rows of events that hold what annals never stores.

use crate::error::{Error, ErrorKind};

/// Why the row of an event could not be read: what its columns hold is damage, and anything else is for the database to tell.
/// Version and position are named where they can be read.
pub(super) fn illegible(
    doing: &str,
    version: Option<i64>,
    position: Option<i64>,
    error: sqlx::Error,
    during: impl Fn(sqlx::Error) -> Error,
) -> Error {
    if !matches!(
        error,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)
    ) {
        return during(error);
    }
    let which = match (version, position) {
        (Some(version), Some(position)) => {
            format!("the event at position {position}, version {version} of its stream,")
        }
        _ => "an event".to_owned(),
    };
    Error::new(
        ErrorKind::Corrupt,
        format!("could not {doing}: {which} is damaged: {error}"),
    )
    .with_hint(
        "events are never changed by annals: restore it from a backup, or find out who edited it",
    )
    .with_source(error)
}
