//! Looks for what is wrong with a file, one file a check.

mod append_only;
mod indexes;
mod integrity;
mod journal;
mod migrations;
mod sequence;
mod size;
mod streams;
mod version;

use sqlx::Sqlite as Db;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePoolOptions;

use super::file::file;
use super::{Sqlite, during, migrate};
use crate::error::Error;
use crate::store::finding::{self, Check, Finding};
use crate::store::options::StoreOptions;

const DOING: &str = "examine the file";

/// In the order in which they are reported.
const CHECKS: &[Check<Patient>] = &[
    Check {
        name: "server",
        needs_tables: false,
        run: |patient| Box::pin(version::check(patient)),
    },
    Check {
        name: "migrations",
        needs_tables: false,
        run: |patient| Box::pin(migrations::check(patient)),
    },
    Check {
        name: "settings",
        needs_tables: false,
        run: |patient| Box::pin(journal::check(patient)),
    },
    Check {
        name: "integrity",
        needs_tables: false,
        run: |patient| Box::pin(integrity::check(patient)),
    },
    Check {
        name: "sequence",
        needs_tables: true,
        run: |patient| Box::pin(sequence::check(patient)),
    },
    Check {
        name: "streams",
        needs_tables: true,
        run: |patient| Box::pin(streams::check(patient)),
    },
    Check {
        name: "append-only",
        needs_tables: true,
        run: |patient| Box::pin(append_only::check(patient)),
    },
    Check {
        name: "indexes",
        needs_tables: true,
        run: |patient| Box::pin(indexes::check(patient)),
    },
    Check {
        name: "tables",
        needs_tables: false,
        run: |patient| Box::pin(size::check(patient)),
    },
];

/// A file that is looked at.
struct Patient {
    connection: PoolConnection<Db>,
    /// The number of the last migration that was run.
    last: Option<i64>,
}

/// Looks at the file at an address, whatever its tables are. It is not made where it is missing.
///
/// # Errors
/// Where it cannot be opened or read.
pub(crate) async fn examine(url: &str, options: &StoreOptions) -> Result<Vec<Finding>, Error> {
    let file = file(url, &options.clone().read_only())?;
    let name = file.get_filename().display().to_string();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(file)
        .await;
    let looked = async {
        let pool = pool.map_err(during(DOING))?;
        let findings = look(pool.acquire().await.map_err(during(DOING))?).await;
        pool.close().await;
        findings
    };
    looked.await.map_err(|error| error.about_file(&name))
}

impl Sqlite {
    /// Looks at the file of this store.
    pub(crate) async fn examine(&self) -> Result<Vec<Finding>, Error> {
        let connection = self.readers.acquire().await.map_err(during(DOING))?;
        look(connection).await
    }
}

async fn look(mut connection: PoolConnection<Db>) -> Result<Vec<Finding>, Error> {
    let last = migrate::last(&mut connection).await?;
    let mut patient = Patient { connection, last };
    Ok(finding::run(&mut patient, CHECKS, last.is_some()).await)
}
