//! Writes the databases of the release that is about to go: `cargo run -p annals-tests --bin freeze`, before a migration is
//! added. They lie in `tests/upgrade/postgres` and `tests/upgrade/sqlite`, under the number of the last migration.

mod domain;
mod fill;

use std::path::Path;
use std::process::Command;

use annals::Store;
use annals_tests::{Cluster, sqlite};

#[tokio::main]
async fn main() {
    let cluster = Cluster::start_new();
    let url = cluster.url("postgres");
    let names = Store::migrate(&url).await.expect("migrated");
    let name = names.last().expect("a migration");
    fill::fill(&url).await.expect("filled");
    keep(
        "postgres",
        name,
        &plain(&cluster.dump_inserts("postgres", "annals")),
    );

    let database = sqlite().await;
    database.store().await.close().await;
    fill::fill(database.url()).await.expect("filled");
    let dump = Command::new("sqlite3")
        .arg(database.file())
        .arg(".dump")
        .output();
    let dump = dump.expect("`sqlite3` is installed: `apt-get install sqlite3`");
    assert!(dump.status.success(), "{dump:?}");
    keep(
        "sqlite",
        name,
        &String::from_utf8(dump.stdout).expect("text"),
    );
}

/// Without what is said to `psql`, or to servers of one version.
fn plain(dump: &str) -> String {
    let told = ["--", "SET ", "\\", "SELECT pg_catalog.set_config"];
    let lines = dump.lines().filter(|line| !line.trim().is_empty());
    let lines = lines.filter(|line| !told.iter().any(|begin| line.starts_with(begin)));
    lines.map(|line| format!("{line}\n")).collect()
}

fn keep(store: &str, name: &str, dump: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("upgrade")
        .join(store);
    std::fs::write(folder.join(format!("{name}.sql")), dump).expect("written");
}
