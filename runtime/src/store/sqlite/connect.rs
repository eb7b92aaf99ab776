//! Opens a file and sees that it is one that this release can use.

use std::sync::Arc;

use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

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
    let is_memory = is_memory(url);
    let writer = pool(options, 1)
        .connect_with(file.clone())
        .await
        .map_err(|error| during("open the file")(error).about_file(&name))?;
    if options.read_only {
        check(&writer, &name).await?;
    } else {
        migrate::run(&writer)
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

async fn check(pool: &SqlitePool, name: &str) -> Result<(), Error> {
    let mut connection = pool.acquire().await.map_err(during("open the file"))?;
    let last = migrate::last(&mut connection).await?;
    match Found::of(migrate::MIGRATIONS, last) {
        Found::Current => Ok(()),
        Found::Behind => Err(Error::new(
            ErrorKind::Unmigrated,
            "the file has no tables of annals, or those of an older release",
        )
        .with_hint("open it for writing once: that makes the tables")
        .about_file(name)),
        Found::Newer(number) => Err(migrate::newer(number).about_file(name)),
    }
}
