//! A place of its own in a store that was there: a database, or a schema in an empty one; or a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::Failure;
use crate::raw::{Raw, is_postgres};

/// What was made, and is removed at the end.
#[derive(Debug)]
pub(crate) enum Given {
    /// A database, and how to get to the one from which it was made.
    Database { from: String, name: String },
    /// The schema of annals and a few tables, in a database that had none of them.
    Schema { of: String },
    /// A file of SQLite.
    File(PathBuf),
}

/// What there may be of the tables and functions that `prove` makes beside the schema of annals.
const REMOVE: &str = "drop schema if exists annals cascade; \
    drop table if exists prove_rows, prove_lines, prove_counts, prove_checkpoint; \
    drop function if exists prove_slow(); drop function if exists prove_move_back()";

impl Given {
    /// Makes the place. Answers its address, too.
    ///
    /// # Errors
    /// Where there is none to be had, with what is expected.
    pub(crate) async fn take(url: &str) -> Result<(Self, String), Failure> {
        if is_postgres(url) {
            Given::in_postgres(url).await
        } else {
            Given::file(url)
        }
    }

    async fn in_postgres(url: &str) -> Result<(Self, String), Failure> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| format!("the address of the store is none: {error}; {EXPECTED}"))?;
        let shown = format!("{}:{}", options.get_host(), options.get_port());
        let mut raw = Raw::open(url)
            .await
            .map_err(|error| format!("no server lets us in at {shown}: {error}; {EXPECTED}"))?;
        let name = format!("annals_prove_{}", std::process::id());
        let made = raw.sql(&format!("create database {name}")).await;
        let taken = match made {
            Ok(_) => {
                let from = url.to_owned();
                let url = with_database(url, &name);
                Ok((Given::Database { from, name }, url))
            }
            Err(error) if is_denied(&error) => {
                let sql = "select count(*) from pg_namespace where nspname = 'annals'";
                let there: Vec<(i64,)> = raw.rows(sql).await?;
                match there.first() {
                    Some((0,)) => {
                        let of = url.to_owned();
                        Ok((Given::Schema { of }, url.to_owned()))
                    }
                    _ => Err(format!(
                        "the role may make no database at {shown}, and the one that is named has a schema `annals` already; \
                         expected is a role that may (`alter role … createdb`), or a database without that schema"
                    )
                    .into()),
                }
            }
            Err(error) => Err(error.into()),
        };
        raw.close().await;
        taken
    }

    fn file(url: &str) -> Result<(Self, String), Failure> {
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.strip_prefix("//").unwrap_or(path);
        let expected =
            "expected is `sqlite:<path>` of a file that does not exist, in a folder that does";
        if path.is_empty() || path.contains(":memory:") || path.contains('?') {
            return Err(format!(
                "`{url}` names no file, and several processes share it; {expected}"
            )
            .into());
        }
        let path = std::path::absolute(path)?;
        if path.exists() {
            return Err(format!("`{}` exists already; {expected}", path.display()).into());
        }
        if !path.parent().is_some_and(Path::is_dir) {
            return Err(format!("`{}` lies in no folder; {expected}", path.display()).into());
        }
        let url = format!("sqlite://{}", path.display());
        Ok((Given::File(path), url))
    }

    /// Removes it.
    pub(crate) async fn tidy(&self) -> Result<(), Failure> {
        match self {
            Given::Database { from, name } => {
                let mut raw = Raw::open(from).await?;
                raw.sql(&format!("drop database if exists {name} with (force)"))
                    .await?;
                raw.close().await;
            }
            Given::Schema { of } => {
                let mut raw = Raw::open(of).await?;
                raw.sql(REMOVE).await?;
                raw.close().await;
            }
            Given::File(path) => {
                for end in ["", "-wal", "-shm", "-journal"] {
                    let mut file = path.clone().into_os_string();
                    file.push(end);
                    if Path::new(&file).exists() {
                        fs::remove_file(&file)?;
                    }
                }
            }
        }
        Ok(())
    }
}

const EXPECTED: &str =
    "expected is `postgres://user:password@host:port/database` of a server that runs";

fn is_denied(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "42501")
}

/// The same address with another database.
fn with_database(url: &str, name: &str) -> String {
    let (before, query) = match url.split_once('?') {
        Some((before, query)) => (before, format!("?{query}")),
        None => (url, String::new()),
    };
    let authority = before.find("://").map_or(0, |at| at + 3);
    let end = before[authority..]
        .find('/')
        .map_or(before.len(), |at| authority + at);
    format!("{}/{name}{query}", &before[..end])
}
