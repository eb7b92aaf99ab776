//! Makes the tables.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::during;
use super::errors::MIGRATE_HINT;
use super::open::{address, checked_schema, open, quoted};
use crate::error::{Error, ErrorKind};
use crate::store::migration::{Found, Migration, pending};
use crate::store::options::StoreOptions;

pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "0001_events",
        sql: include_str!("migrations/0001_events.sql"),
    },
    Migration {
        number: 2,
        name: "0002_schemas",
        sql: include_str!("migrations/0002_schemas.sql"),
    },
    Migration {
        number: 3,
        name: "0003_projections",
        sql: include_str!("migrations/0003_projections.sql"),
    },
    Migration {
        number: 4,
        name: "0004_processes",
        sql: include_str!("migrations/0004_processes.sql"),
    },
    Migration {
        number: 5,
        name: "0005_append_only",
        sql: include_str!("migrations/0005_append_only.sql"),
    },
    Migration {
        number: 6,
        name: "0006_names",
        sql: include_str!("migrations/0006_names.sql"),
    },
];

/// Runs what was not run yet, and answers the names. Programs that do so at the same time wait for each other.
///
/// # Errors
/// Where the database cannot be reached or refuses, or was migrated by a newer release.
pub(crate) async fn migrate(url: &str, options: &StoreOptions) -> Result<Vec<String>, Error> {
    let during = during("migrate the database");
    let schema = checked_schema(&options.schema)?;
    let mut connection = open(&address(url)?, options).await?;
    let mut transaction = connection.begin().await.map_err(&during)?;
    // The hash of the name of the schema tells apart stores that share a database.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("annals migration of {schema}"))
        .execute(&mut *transaction)
        .await
        .map_err(&during)?;
    let last = last(&mut transaction, schema).await?;
    if let Found::Newer(number) = Found::of(MIGRATIONS, last) {
        return Err(newer(schema, number));
    }
    // Somebody with more rights may have made it, and given it to a user who may make none.
    let exists: bool = sqlx::query_scalar("select to_regnamespace($1) is not null")
        .bind(quoted(schema))
        .fetch_one(&mut *transaction)
        .await
        .map_err(&during)?;
    if !exists {
        transaction
            .execute(AssertSqlSafe(format!("create schema {}", quoted(schema))))
            .await
            .map_err(&during)?;
    }
    let mut names = Vec::new();
    for migration in pending(MIGRATIONS, last) {
        transaction
            .execute(AssertSqlSafe(sql(migration, schema, options.jsonb)))
            .await
            .map_err(&during)?;
        names.push(migration.name.to_owned());
    }
    transaction.commit().await.map_err(&during)?;
    connection.close().await.map_err(&during)?;
    Ok(names)
}

/// All migrations as SQL, for those whose administrator runs them.
pub(crate) fn print(options: &StoreOptions) -> Result<String, Error> {
    let schema = checked_schema(&options.schema)?;
    let all = MIGRATIONS
        .iter()
        .map(|migration| sql(migration, schema, options.jsonb))
        .collect::<Vec<_>>();
    let schema = quoted(schema);
    Ok(format!(
        "begin;\n\ncreate schema if not exists {schema};\n{}\ncommit;\n",
        all.join("\n")
    ))
}

fn sql(migration: &Migration, schema: &str, jsonb: bool) -> String {
    let schema = quoted(schema);
    let tables = migration
        .sql
        .replace("{schema}", &schema)
        .replace("{payload}", if jsonb { "jsonb" } else { "json" });
    let Migration { number, name, .. } = migration;
    format!(
        "create table if not exists {schema}.migrations (\n    \
             number bigint primary key,\n    \
             name   text not null,\n    \
             run_at timestamptz not null default clock_timestamp()\n\
         );\n\n\
         {tables}\n\
         insert into {schema}.migrations (number, name) values ({number}, '{name}');\n"
    )
}

/// The number of the last migration that was run; `None` where there is none.
pub(super) async fn last(
    connection: &mut PgConnection,
    schema: &str,
) -> Result<Option<i64>, Error> {
    let during = during("look at the migrations of the database");
    let exists: bool = sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(format!("{}.migrations", quoted(schema)))
        .fetch_one(&mut *connection)
        .await
        .map_err(&during)?;
    if !exists {
        return Ok(None);
    }
    sqlx::query_scalar(AssertSqlSafe(format!(
        "select max(number) from {}.migrations",
        quoted(schema)
    )))
    .fetch_one(connection)
    .await
    .map_err(during)
}

pub(super) fn behind(schema: &str, last: Option<i64>) -> Error {
    let found = match last {
        None => format!("the database has no tables of annals in schema `{schema}`"),
        Some(last) => format!(
            "the tables in schema `{schema}` are those of an older release (migration {last})"
        ),
    };
    Error::new(ErrorKind::Unmigrated, found).with_hint(MIGRATE_HINT)
}

pub(super) fn newer(schema: &str, number: i64) -> Error {
    let known = MIGRATIONS.last().map_or(0, |migration| migration.number);
    Error::new(
        ErrorKind::NewerDatabase,
        format!(
            "the tables in schema `{schema}` were migrated by a newer release: to migration {number}, while this release \
             knows {known}"
        ),
    )
    .with_hint("run the newer release")
}
