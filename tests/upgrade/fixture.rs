//! The dumps, and databases made of them.

use annals_tests::{Database, databases};

macro_rules! release {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("postgres/", $name, ".sql")),
            include_str!(concat!("sqlite/", $name, ".sql")),
        )
    };
}
/// The name of the last migration of each release, with its dumps on PostgreSQL and SQLite.
pub(crate) const RELEASES: [(&str, &str, &str); 6] = [
    release!("0001_events"),
    release!("0002_schemas"),
    release!("0003_projections"),
    release!("0004_processes"),
    release!("0005_append_only"),
    release!("0006_names"),
];

/// A database as a release left it.
pub(crate) struct Old {
    pub(crate) database: Database,
    /// The number of its last migration.
    pub(crate) number: usize,
}

impl Old {
    /// The names of the migrations that it lacks.
    pub(crate) fn lacks(&self) -> Vec<&'static str> {
        let later = RELEASES.iter().skip(self.number);
        later.map(|(name, ..)| *name).collect()
    }
}

/// One of each release.
pub(crate) async fn on_postgres() -> Vec<Old> {
    let mut all = Vec::new();
    for (number, (_, dump, _)) in (1..).zip(RELEASES) {
        let database = databases::empty_postgres().await;
        database.sql(dump).await;
        all.push(Old { database, number });
    }
    all
}

/// One of each release.
pub(crate) async fn in_sqlite() -> Vec<Old> {
    let mut all = Vec::new();
    for (number, (_, _, dump)) in (1..).zip(RELEASES) {
        let database = databases::sqlite().await;
        std::fs::File::create(database.file()).expect("an empty file");
        database.sql(dump).await;
        all.push(Old { database, number });
    }
    all
}
