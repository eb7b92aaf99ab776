use std::fmt::Write;

use crate::app::App;
use crate::error::Error;
use crate::store::Backend;

/// The SQL that makes all tables on a new database, for those whose administrator reads or runs it: those of annals, and those of
/// each projection that the program declares, with its indexes and the view that people read. The database is not asked.
///
/// What was made so is found by [`run`](super::run) and by [`App::start`], and filled by them. The user whom the program
/// connects as has to own the tables and views: it fills them, makes those of later versions, and lets the views show them.
///
/// # Errors
/// Where the app contradicts itself, or its store has an address or a schema that cannot be.
pub fn sql(app: &App) -> Result<String, Error> {
    let (database, options) = app.database()?;
    let mut sql = Backend::migration_sql(database, &options)?;
    for declared in &app.declared()?.projections {
        let definition = &declared.definition;
        let Some(table) = definition.table() else {
            continue;
        };
        let (name, version) = (&definition.name, definition.version);
        let _ = write!(sql, "\n-- projection {name}, version {version}\nbegin;\n\n");
        for statement in Backend::table_sql(database, &options, name, &table)? {
            let _ = writeln!(sql, "{statement};");
        }
        let _ = write!(sql, "\ncommit;\n");
    }
    Ok(sql)
}

/// The SQL that makes roles with as few rights as their work needs: see
/// [`StoreOptions::roles_sql`](crate::StoreOptions::roles_sql). The tables and views of read models that are there are given to the
/// projector. The database is not asked.
///
/// # Errors
/// Where the store is one of SQLite, which knows no roles, or has an address or a schema that cannot be.
pub fn roles(app: &App) -> Result<String, Error> {
    let (database, options) = app.database()?;
    Backend::roles_sql(database, &options)
}
