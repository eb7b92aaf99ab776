//! Looks for what is wrong with a database, one file a check.

mod append_only;
mod frontier;
mod indexes;
mod migrations;
mod sequence;
mod server;
mod settings;
mod streams;
mod tables;
mod transactions;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};

use super::open::{address, checked_schema, open, quoted};
use super::{Postgres, during, migrate, spelled};
use crate::error::Error;
use crate::store::finding::{self, Check, Finding};
use crate::store::options::StoreOptions;

const DOING: &str = "examine the database";

/// In the order in which they are reported.
const CHECKS: &[Check<Patient>] = &[
    Check {
        name: "server",
        needs_tables: false,
        run: |patient| Box::pin(server::check(patient)),
    },
    Check {
        name: "migrations",
        needs_tables: false,
        run: |patient| Box::pin(migrations::check(patient)),
    },
    Check {
        name: "settings",
        needs_tables: false,
        run: |patient| Box::pin(settings::check(patient)),
    },
    Check {
        name: "frontier",
        needs_tables: true,
        run: |patient| Box::pin(frontier::check(patient)),
    },
    Check {
        name: "transactions",
        needs_tables: false,
        run: |patient| Box::pin(transactions::check(patient)),
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
        needs_tables: true,
        run: |patient| Box::pin(tables::check(patient)),
    },
];

/// A database that is looked at, on a connection of its own.
struct Patient {
    connection: PgConnection,
    /// The name of the schema, as it goes into statements.
    schema: String,
    /// The number of the last migration that was run.
    last: Option<i64>,
}

impl Patient {
    fn spelled(&self, sql: &str) -> AssertSqlSafe<String> {
        spelled(sql, &self.schema)
    }
}

/// Looks at the database at an address, whatever its tables are.
///
/// # Errors
/// Where it cannot be reached or does not let us in.
pub(crate) async fn examine(url: &str, options: &StoreOptions) -> Result<Vec<Finding>, Error> {
    look(&address(url)?, options).await
}

impl Postgres {
    /// Looks at the database of this store.
    pub(crate) async fn examine(&self, options: &StoreOptions) -> Result<Vec<Finding>, Error> {
        look(&self.reach.pool.connect_options(), options).await
    }
}

async fn look(address: &PgConnectOptions, options: &StoreOptions) -> Result<Vec<Finding>, Error> {
    let schema = checked_schema(&options.schema)?;
    let mut connection = open(address, options).await?;
    // What is looked at may be what everything waits for.
    sqlx::query("select set_config('lock_timeout', '5s', false), set_config('statement_timeout', '60s', false)")
        .execute(&mut connection)
        .await
        .map_err(during(DOING))?;
    let last = migrate::last(&mut connection, schema).await?;
    let mut patient = Patient {
        connection,
        schema: quoted(schema),
        last,
    };
    let findings = finding::run(&mut patient, CHECKS, last.is_some()).await;
    // All was said; how the connection ends changes nothing.
    let _ = patient.connection.close().await;
    Ok(findings)
}
