//! Opens a database and sees that it is one that this release can use.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use super::{Postgres, Sql, during, errors, migrate};
use crate::error::{Error, ErrorKind};
use crate::store::migration::Found;
use crate::store::options::StoreOptions;

/// # Errors
/// Where the address is wrong, the server cannot be reached, or its tables are not those of this release.
pub(crate) async fn connect(url: &str, options: &StoreOptions) -> Result<Postgres, Error> {
    let schema = checked_schema(&options.schema)?;
    let address = address(url)?;
    // What is wrong with the address shows on a connection of its own: a pool would go on trying.
    let mut first = PgConnection::connect_with(&address)
        .await
        .map_err(during("connect to PostgreSQL"))?;
    let is_jsonb = inspect(&mut first, schema, options.read_only).await?;
    first
        .close()
        .await
        .map_err(during("connect to PostgreSQL"))?;
    let lock_timeout = format!("{}ms", options.lock_timeout.as_millis());
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout())
        .after_connect(move |connection, _| {
            let lock_timeout = lock_timeout.clone();
            Box::pin(async move { prepare(connection, &lock_timeout).await })
        })
        .connect_lazy_with(address);
    let payload = if is_jsonb { "jsonb" } else { "json" };
    Ok(Postgres {
        pool,
        sql: Sql::of(schema, payload),
        is_jsonb,
    })
}

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

/// The name goes into statements as it is.
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

/// A commit is answered when it is safe, whatever the default of the session is, and nobody waits for ever.
async fn prepare(connection: &mut PgConnection, lock_timeout: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "select set_config('lock_timeout', $1, false), set_config('synchronous_commit', \
         case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, false)",
    )
    .bind(lock_timeout)
    .execute(connection)
    .await
    .map(|_| ())
}

/// Answers whether payloads are kept as `jsonb`.
async fn inspect(
    connection: &mut PgConnection,
    schema: &str,
    read_only: bool,
) -> Result<bool, Error> {
    let during = during("look at the database");
    let row = sqlx::query(
        "select pg_is_in_recovery() as is_standby,
                (select format_type(atttypid, atttypmod) = 'jsonb' from pg_attribute
                 where attrelid = to_regclass($1) and attname = 'payload') as is_jsonb",
    )
    .bind(format!("{schema}.events"))
    .fetch_one(&mut *connection)
    .await
    .map_err(&during)?;
    let is_standby: bool = row.try_get("is_standby").map_err(&during)?;
    if is_standby && !read_only {
        return Err(Error::new(ErrorKind::ReadOnly, "the server is a standby, which cannot be written")
            .with_hint("connect to the primary server, or say `read_only()` to read what the standby has already"));
    }
    let last = migrate::last(connection, schema).await?;
    match Found::of(migrate::MIGRATIONS, last) {
        Found::Current => row
            .try_get::<Option<bool>, _>("is_jsonb")
            .map(Option::unwrap_or_default)
            .map_err(&during),
        Found::Behind => Err(migrate::behind(schema, last)),
        Found::Newer(number) => Err(migrate::newer(schema, number)),
    }
}

/// Runs statements of annals' own, with no parameters.
pub(super) async fn run(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    connection.execute(AssertSqlSafe(sql)).await.map(|_| ())
}
