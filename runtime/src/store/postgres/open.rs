//! Opens one connection.

use std::str::FromStr;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::{during, errors};
use crate::error::{Error, ErrorKind};
use crate::store::options::StoreOptions;

/// One connection, or why there is none.
pub(super) async fn open(
    address: &PgConnectOptions,
    options: &StoreOptions,
) -> Result<PgConnection, Error> {
    const DOING: &str = "connect to PostgreSQL";
    match tokio::time::timeout(
        options.acquire_timeout(),
        PgConnection::connect_with(address),
    )
    .await
    {
        Ok(connected) => connected.map_err(during(DOING)),
        Err(_) => Err(errors::silent(DOING)),
    }
}

pub(super) fn address(url: &str) -> Result<PgConnectOptions, Error> {
    PgConnectOptions::from_str(url).map_err(|error| {
        Error::new(
            ErrorKind::Url,
            format!("the address of the database cannot be understood: {error}"),
        )
        .with_hint(errors::URL_HINT)
    })
}

pub(super) fn checked_schema(schema: &str) -> Result<&str, Error> {
    let is_plain = schema.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && schema
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && schema.len() <= 63;
    if is_plain {
        return Ok(schema);
    }
    Err(Error::new(
        ErrorKind::Name,
        format!("{schema:?} cannot be the name of a schema"),
    )
    .with_hint(
        "take up to 63 lowercase letters, digits and underscores, the first of them no digit",
    ))
}

/// The name as it goes into statements, so that it can be a word of SQL.
pub(super) fn quoted(schema: &str) -> String {
    format!("\"{schema}\"")
}
