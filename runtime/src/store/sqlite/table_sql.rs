//! The statements that make the table of a read model, its indexes, and the view that people read.

use super::values::type_name;
use crate::store::projections::Table;
use crate::store::table::{MARK, TABLE_NOTE, VIEW_NOTE, listed, quoted};

pub(super) fn table_sql(table: &Table) -> Vec<String> {
    let columns = table.columns.iter().map(|column| {
        let null = if column.nullable { "" } else { " not null" };
        format!(
            "    {} {}{null},\n",
            quoted(column.name),
            type_name(column.kind)
        )
    });
    let keys = table.key_columns();
    vec![format!(
        "create table {} ( -- {MARK}{TABLE_NOTE}\n    tenant text not null default '',\n{}    primary key (tenant, {})\n) strict, without rowid",
        quoted(&table.name),
        columns.collect::<String>(),
        listed(keys.iter().map(|column| quoted(column.name))),
    )]
}

/// Those that are there stay.
pub(super) fn index_sql(table: &Table) -> Vec<String> {
    let name = quoted(&table.name);
    let indexed = table.columns.iter().filter(|column| column.index);
    let indexes = indexed.map(|column| {
        let index = quoted(&table.index_name(column));
        let column = quoted(column.name);
        format!("create index if not exists {index} on {name} (tenant, {column})")
    });
    indexes.collect()
}

pub(super) fn view_sql(view: &str, table: &Table) -> String {
    format!(
        "create view {} as /* {MARK}{VIEW_NOTE} */ select {} from {}",
        quoted(view),
        table.view_columns(),
        quoted(&table.name),
    )
}

/// All of them, for those whose administrator runs them.
pub(crate) fn print_table(view: &str, table: &Table) -> Vec<String> {
    let mut sql = table_sql(table);
    sql.extend(index_sql(table));
    sql.push(view_sql(view, table));
    sql
}
