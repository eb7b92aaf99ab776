//! The statements that make the table of a read model, its indexes, and the view that people read.

use super::open::{checked_schema, quoted as schema_name};
use super::values::type_name;
use crate::error::Error;
use crate::projection::{Column, ColumnKind};
use crate::store::options::StoreOptions;
use crate::store::projections::Table;
use crate::store::table::{MARK, TABLE_NOTE, VIEW_NOTE, listed, quoted};

/// Text keys are ordered by their bytes, as in SQLite: no release of a library changes that order.
pub(super) fn table_sql(name: &str, table: &Table) -> Vec<String> {
    let columns = table.columns.iter().map(|column| {
        let Column { name, kind, .. } = column;
        let collation = match (column.key, kind) {
            (true, ColumnKind::Text) => " collate \"C\"",
            _ => "",
        };
        let null = if column.nullable { "" } else { " not null" };
        format!(
            "    {} {}{collation}{null},\n",
            quoted(name),
            type_name(*kind)
        )
    });
    let keys = table.key_columns();
    let key = listed(keys.iter().map(|column| quoted(column.name)));
    vec![
        format!(
            "create table {name} (\n    tenant text collate \"C\" not null default '',\n{}    primary key (tenant, {key})\n)",
            columns.collect::<String>(),
        ),
        format!("comment on table {name} is '{MARK}{TABLE_NOTE}'"),
    ]
}

/// Those that are there stay.
pub(super) fn index_sql(name: &str, table: &Table) -> Vec<String> {
    let indexed = table.columns.iter().filter(|column| column.index);
    let indexes = indexed.map(|column| {
        let index = quoted(&table.index_name(column));
        let column = quoted(column.name);
        format!("create index if not exists {index} on {name} (tenant, {column})")
    });
    indexes.collect()
}

/// # Arguments
/// `create` says what becomes of a view that is there.
pub(super) fn view_sql(create: &str, view: &str, name: &str, table: &Table) -> Vec<String> {
    let columns = table.view_columns();
    vec![
        format!("{create} view {view} as select {columns} from {name}"),
        format!("comment on view {view} is '{MARK}{VIEW_NOTE}'"),
    ]
}

/// All of them, for those whose administrator runs them. A view that is there is left alone, for it may be in use.
pub(crate) fn print_table(
    options: &StoreOptions,
    view: &str,
    table: &Table,
) -> Result<Vec<String>, Error> {
    let schema = schema_name(checked_schema(&options.schema)?);
    let name = format!("{schema}.{}", quoted(&table.name));
    let mut sql = table_sql(&name, table);
    sql.extend(index_sql(&name, table));
    let view = format!("{schema}.{}", quoted(view));
    sql.extend(view_sql("create", &view, &name, table));
    Ok(sql)
}
