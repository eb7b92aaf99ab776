//! What PostgreSQL says, in words that name the thing and the cure.

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
                "raise `max_connections`, or look for a transaction that is kept open while the store is used beside it",
            ),
            sqlx::Error::PoolClosed => (
                ErrorKind::Closed,
                "the store was closed".to_owned(),
                "connect a new store",
            ),
            sqlx::Error::Configuration(reason) => (
                ErrorKind::Url,
                format!("the address cannot be used: {reason}"),
                URL_HINT,
            ),
            error if lost(error) => (
                ErrorKind::Unreachable,
                format!("the connection to PostgreSQL failed: {error}"),
                "see that the server runs and can be reached at the host and port of the address; an append that was \
                 under way can be repeated with the same event ids or command key",
            ),
            error => (ErrorKind::Database, error.to_string(), ""),
        };
        Error::during(what, described, error)
    }
}

/// The server accepts no connection.
pub(super) fn silent(doing: &'static str) -> Error {
    Error::new(
        ErrorKind::Unreachable,
        format!("could not {doing}: PostgreSQL accepts no connection"),
    )
    .with_hint("see that the server runs and can be reached at the host and port of the address")
}

pub(super) const MIGRATE_HINT: &str =
    "run `Store::migrate(url)`, or have the SQL of `Store::options().migration_sql(url)` run";

pub(super) const URL_HINT: &str =
    "an address looks like `postgres://user:password@host:5432/database`";

/// Whether the connection is gone, so that it is not known what the server did.
fn lost(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed
    )
}

fn of_database(error: &dyn DatabaseError) -> (ErrorKind, String, &'static str) {
    let code = error.code().unwrap_or_default();
    let (kind, hint) = match code.as_ref() {
        "28000" | "28P01" => (
            ErrorKind::Denied,
            "check the user and the password of the address",
        ),
        "42501" => (
            ErrorKind::Denied,
            "grant the user what it lacks on the schema of annals",
        ),
        "3D000" => (
            ErrorKind::Url,
            "create the database, or name another one at the end of the address",
        ),
        "3F000" | "42P01" | "42703" => (ErrorKind::Unmigrated, MIGRATE_HINT),
        "25006" => (
            ErrorKind::ReadOnly,
            "connect to the primary server, or only read",
        ),
        "53100" => (
            ErrorKind::Full,
            "make room on the server's disk; nothing was stored",
        ),
        "53300" => (
            ErrorKind::Busy,
            "lower `max_connections`, or raise it on the server",
        ),
        "57014" => (
            ErrorKind::Busy,
            "raise `statement_timeout` of the role or of the database",
        ),
        "25P03" => (
            ErrorKind::Unreachable,
            "the transaction was idle for longer than the server allows: keep transactions short",
        ),
        "55P03" | "40P01" | "40001" => (ErrorKind::Busy, "keep transactions short, and try again"),
        code if code.starts_with("08") || code.starts_with("57P") => (
            ErrorKind::Unreachable,
            "the server ended the connection; an append that was under way can be repeated with the same event ids or \
             command key",
        ),
        _ => (ErrorKind::Database, ""),
    };
    (kind, error.message().to_owned(), hint)
}
