//! What SQLite says, in words that name the thing and the cure.

use sqlx::error::DatabaseError;

use crate::error::{Error, ErrorKind};

/// What went wrong while annals tried to do something.
pub(crate) fn during(what: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |error| {
        let described = match &error {
            sqlx::Error::Database(database) => of_database(database.as_ref()),
            sqlx::Error::PoolTimedOut => (
                ErrorKind::Busy,
                "no connection became free in time".to_owned(),
                "look for a transaction that is kept open while the store is used beside it: append in it with \
                 `append_in`",
            ),
            sqlx::Error::PoolClosed => (
                ErrorKind::Closed,
                "the store was closed".to_owned(),
                "connect a new store",
            ),
            error => (ErrorKind::Database, error.to_string(), ""),
        };
        Error::during(what, described, error)
    }
}

/// The result codes are those of <https://www.sqlite.org/rescode.html>; the low byte is the primary one.
fn of_database(error: &dyn DatabaseError) -> (ErrorKind, String, &'static str) {
    let code = error
        .code()
        .and_then(|code| code.parse::<u32>().ok())
        .unwrap_or_default();
    let (kind, hint) = match code & 0xff {
        3 | 23 => (
            ErrorKind::Denied,
            "give the user of this program rights on the file and its folder",
        ),
        5 | 6 => (
            ErrorKind::Busy,
            "another program writes to the file: keep transactions short, and try again",
        ),
        8 => (
            ErrorKind::ReadOnly,
            "give the user of this program the right to write the file and its folder; a file that nobody writes is read \
             there with `?immutable=true` at the end of its address",
        ),
        10 => (
            ErrorKind::Database,
            "look at the disk and at the rights on the file and its folder",
        ),
        11 => (
            ErrorKind::Corrupt,
            "restore the file from a backup; `pragma integrity_check` says what is damaged",
        ),
        13 => (ErrorKind::Full, "make room on the disk; nothing was stored"),
        14 => (
            ErrorKind::Url,
            "see that the folder exists and that this program may read and write it; a file that is opened for reading alone \
             must exist",
        ),
        26 => (
            ErrorKind::Url,
            "name another file, or a new one: this one was not made by SQLite",
        ),
        _ => (ErrorKind::Database, ""),
    };
    (kind, error.message().to_owned(), hint)
}
