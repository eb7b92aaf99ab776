//! The tables and functions, and what lies in them before a workload.

use std::error::Error;
use std::path::{Path, PathBuf};

use peers_protocol::{Account, CopyIn, Request, entry, seeded};
use sqlx::{Connection, PgConnection};

use crate::books::stream;

/// The folders of the package, in the order in which its own script goes through them. Roles and their rights are left out: they
/// belong to the server, not to the database.
const FOLDERS: &[&str] = &[
    "schema",
    "extensions",
    "tables",
    "types",
    "functions",
    "indexes",
    "views",
];

pub(crate) fn folder() -> Result<PathBuf, Box<dyn Error>> {
    let missing = "MESSAGE_DB is to name the folder `database` of its package (`npm pack @eventide/message-db`)";
    let folder = std::env::var_os("MESSAGE_DB").ok_or(missing)?;
    Ok(PathBuf::from(folder))
}

pub(crate) async fn schema(url: &str) -> Result<(), Box<dyn Error>> {
    let package = folder()?;
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(
        "create schema if not exists message_store; set search_path = message_store, public",
    )
    .execute(&mut connection)
    .await?;
    for folder in FOLDERS {
        for sql in files(&package.join(folder))? {
            sqlx::raw_sql(&sql).execute(&mut connection).await?;
        }
    }
    sqlx::raw_sql(
        "create table public.balances (account_id text primary key, balance bigint not null)",
    )
    .execute(&mut connection)
    .await?;
    Ok(())
}

/// What is in the files of a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "sql") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = paths.iter().map(std::fs::read_to_string);
    Ok(read.collect::<Result<_, _>>()?)
}

pub(crate) async fn seed(request: &Request) -> Result<(), Box<dyn Error>> {
    copy(request.database(), seeded(request, false)).await
}

async fn copy(
    url: &str,
    events: impl Iterator<Item = (Account, usize)>,
) -> Result<(), Box<dyn Error>> {
    // The indexes call functions by their bare names.
    let url = format!("{url}?options=-csearch_path%3Dmessage_store,public");
    let table = "message_store.messages (position, stream_name, type, data, metadata)";
    let mut copy = CopyIn::into(&url, table).await?;
    for (account, version) in events {
        let entry = entry(account, version);
        let (place, name) = ((version - 1).to_string(), stream(account));
        let data = serde_json::to_string(&entry)?;
        copy.row(&[&place, &name, entry.name(), &data, "{}"])
            .await?;
    }
    copy.finish().await?;
    Ok(())
}
