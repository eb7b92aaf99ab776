//! Makes the tables.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Executor, SqliteConnection, SqlitePool};

use super::{during, file};
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

/// Makes the file and runs what was not run yet, and answers the names.
///
/// # Errors
/// Where the file cannot be opened or written, or was migrated by a newer release.
pub(crate) async fn migrate(url: &str, options: &StoreOptions) -> Result<Vec<String>, Error> {
    let file = file::file(url, options)?;
    let name = file.get_filename().display().to_string();
    let pool = SqlitePool::connect_lazy_with(file);
    let names = run(&pool, options.lock_timeout)
        .await
        .map_err(|error| error.about_file(&name))?;
    pool.close().await;
    Ok(names)
}

/// Opens the file and runs what was not run yet, and answers the names.
pub(super) async fn run(pool: &SqlitePool, patience: Duration) -> Result<Vec<String>, Error> {
    let begun = Instant::now();
    loop {
        match try_run(pool).await {
            // The log of a new file is made by whoever is first, for whom SQLite lets nobody wait.
            Err(error) if error.kind() == ErrorKind::Busy && begun.elapsed() < patience => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            done => return done,
        }
    }
}

async fn try_run(pool: &SqlitePool) -> Result<Vec<String>, Error> {
    let mut connection = pool.acquire().await.map_err(during("open the file"))?;
    let during = during("make the tables of annals");
    // Most often there is nothing to do, which takes no lock to see.
    let found = Found::of(MIGRATIONS, last(&mut connection).await?);
    drop(connection);
    match found {
        Found::Current => return Ok(Vec::new()),
        Found::Newer(number) => return Err(newer(number)),
        Found::Behind => {}
    }
    let mut transaction = pool.begin_with("begin immediate").await.map_err(&during)?;
    let last = last(&mut transaction).await?;
    let mut names = Vec::new();
    for migration in pending(MIGRATIONS, last) {
        transaction
            .execute(AssertSqlSafe(sql(migration)))
            .await
            .map_err(&during)?;
        names.push(migration.name.to_owned());
    }
    transaction.commit().await.map_err(&during)?;
    Ok(names)
}

/// All migrations as SQL.
pub(crate) fn print() -> String {
    let all = MIGRATIONS.iter().map(sql).collect::<Vec<_>>();
    format!("begin immediate;\n\n{}\ncommit;\n", all.join("\n"))
}

fn sql(migration: &Migration) -> String {
    let Migration { number, name, sql } = migration;
    format!(
        "create table if not exists annals_migrations (\n    \
             number integer primary key,\n    \
             name   text not null,\n    \
             run_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))\n\
         ) strict;\n\n\
         {sql}\n\
         insert into annals_migrations (number, name) values ({number}, '{name}');\n"
    )
}

/// The number of the last migration that was run; `None` where there is none.
pub(super) async fn last(connection: &mut SqliteConnection) -> Result<Option<i64>, Error> {
    let during = during("look at the tables of the file");
    let exists: bool = sqlx::query_scalar(
        "select exists (select 1 from sqlite_schema where name = 'annals_migrations')",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(&during)?;
    if !exists {
        return Ok(None);
    }
    sqlx::query_scalar("select max(number) from annals_migrations")
        .fetch_one(connection)
        .await
        .map_err(during)
}

pub(super) fn newer(number: i64) -> Error {
    let known = MIGRATIONS.last().map_or(0, |migration| migration.number);
    Error::new(
        ErrorKind::NewerDatabase,
        format!(
            "the file was migrated by a newer release: to migration {number}, while this release knows {known}"
        ),
    )
    .with_hint("run the newer release")
}
