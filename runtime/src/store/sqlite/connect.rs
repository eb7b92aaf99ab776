//! Opens a file and sees that it is one that this release can use.

use std::pin::Pin;
use std::sync::Arc;

use sqlx::Connection;
use sqlx::pool::PoolConnectionMetadata;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions};

use super::file::{file, is_memory};
use super::{Sqlite, during, migrate};
use crate::error::{Error, ErrorKind};
use crate::store::migration::Found;
use crate::store::options::StoreOptions;

/// Opens the file, and makes it and its tables where they are missing.
///
/// # Errors
/// Where the address is wrong, the file cannot be opened or written, or its tables are those of a newer release.
pub(crate) async fn connect(url: &str, options: &StoreOptions) -> Result<Sqlite, Error> {
    let file = file(url, options)?;
    let name = file.get_filename().display().to_string();
    if options.read_only {
        check(&file)
            .await
            .map_err(|error| error.about_file(&name))?;
    }
    let is_memory = is_memory(url);
    let writer = pool(options, 1);
    // A store in memory is gone with its connection, which the pool would close where somebody gives up while it is tested.
    let writer = if is_memory {
        writer.test_before_acquire(false)
    } else {
        writer.after_release(is_clean)
    };
    let writer = writer.connect_lazy_with(file.clone());
    if !options.read_only {
        migrate::run(&writer, options.lock_timeout)
            .await
            .map_err(|error| error.about_file(&name))?;
    }
    // A store in memory belongs to its one connection.
    let readers = if is_memory {
        writer.clone()
    } else {
        pool(options, options.max_connections).connect_lazy_with(file.read_only(true))
    };
    Ok(Sqlite {
        writer,
        readers,
        clock: Arc::clone(&options.clock),
        name,
    })
}

fn pool(options: &StoreOptions, connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        // A connection to a store in memory must outlive every pause.
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(options.acquire_timeout())
}

/// Whether a connection can be used again. On a full disk SQLite rolls back by itself, of which sqlx knows nothing: it
/// would take every later transaction for one inside the first.
fn is_clean(
    connection: &mut SqliteConnection,
    _: PoolConnectionMetadata,
) -> Pin<Box<dyn Future<Output = Result<bool, sqlx::Error>> + Send + '_>> {
    Box::pin(async {
        // What a dropped transaction still has to undo comes before the answer.
        connection.ping().await?;
        Ok(!connection.is_in_transaction())
    })
}

async fn check(file: &SqliteConnectOptions) -> Result<(), Error> {
    let during = during("open the file");
    let mut connection = SqliteConnection::connect_with(file)
        .await
        .map_err(&during)?;
    let last = migrate::last(&mut connection).await?;
    connection.close().await.map_err(&during)?;
    match Found::of(migrate::MIGRATIONS, last) {
        Found::Current => Ok(()),
        Found::Behind => Err(Error::new(
            ErrorKind::Unmigrated,
            "the file has no tables of annals, or those of an older release",
        )
        .with_hint("open it for writing once: that makes the tables")),
        Found::Newer(number) => Err(migrate::newer(number)),
    }
}
