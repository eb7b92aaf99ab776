//! Opens a database and sees that it is one that this release can use.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{Connection, Row};

use super::kept::Kept;
use super::load::{self, Loads};
use super::open::{address, checked_schema, open, quoted};
use super::reach::Reach;
use super::{Postgres, Sql, during, frontier, migrate, settings};
use crate::error::{Error, ErrorKind};
use crate::store::feed::EventSize;
use crate::store::lanes::Lanes;
use crate::store::migration::Found;
use crate::store::options::StoreOptions;

/// How long a connection that was in use is taken to be alive.
const TRUSTED: Duration = Duration::from_secs(1);

/// How long a connection may take to say that it is alive.
const PATIENCE: Duration = Duration::from_secs(5);

/// # Errors
/// Where the address is wrong, the server cannot be reached, or its tables are not those of this release.
pub(crate) async fn connect(url: &str, options: &StoreOptions) -> Result<Postgres, Error> {
    let schema = checked_schema(&options.schema)?;
    let address = address(url)?;
    // What is wrong with the address shows on a connection of its own: a pool would go on trying.
    let mut first = open(&address, options).await?;
    let is_jsonb = inspect(&mut first, schema, options.read_only).await?;
    first
        .close()
        .await
        .map_err(during("connect to PostgreSQL"))?;
    let lock_timeout = options.lock_timeout;
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout())
        // A round trip for each call, only to learn that a connection is alive which was so a moment ago.
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for >= TRUSTED {
                    // A connection that does not answer is closed without a farewell, which it would not answer either.
                    let alive = tokio::time::timeout(PATIENCE, connection.ping()).await;
                    alive.map_err(|_| sqlx::Error::PoolTimedOut)??;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::query(settings::SESSION)
                    .bind(settings::milliseconds(lock_timeout))
                    .execute(connection)
                    .await
                    .map(|_| ())
            })
        })
        .connect_lazy_with(address);
    let payload = if is_jsonb { "jsonb" } else { "json" };
    let reach = Arc::new(Reach {
        pool,
        kept: Kept::of(options.max_connections),
    });
    let sql = Sql::of(&quoted(schema), payload);
    let loads = Loads {
        reach: Arc::clone(&reach),
        all: sql.load_together.clone(),
        events: sql.events_together.clone(),
    };
    Ok(Postgres {
        reach,
        loads: Lanes::new(loads, load::WIDTH),
        lock_timeout,
        schema: quoted(schema).into(),
        sql,
        frontiers: frontier::Frontiers::default(),
        event_size: EventSize::default(),
        channel: schema.to_owned(),
        is_jsonb,
    })
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
    .bind(format!("{}.events", quoted(schema)))
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
