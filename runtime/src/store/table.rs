//! What both stores say alike of the tables of read models.

use sha2::{Digest, Sha256};

use super::projections::{FoundColumn, Table};
use crate::error::{Error, ErrorKind};
use crate::projection::{Column, ColumnKind, Value};

/// How the comments begin by which annals knows the tables and the views that it made.
pub(super) const MARK: &str = "annals: ";
pub(super) const TABLE_NOTE: &str = "the rows of a projection, which are written by annals alone";
pub(super) const VIEW_NOTE: &str = "the current version of a projection";

impl Table {
    /// The name of the index of a column, which the databases do not cut off. No table ends like it.
    pub(crate) fn index_name(&self, column: &Column) -> String {
        const LONGEST: usize = 63;
        let name = format!("{}_{}", self.name, column.name);
        if name.len() + "_idx".len() <= LONGEST {
            return format!("{name}_idx");
        }
        let begin = name.get(..40).unwrap_or_default();
        let digest = Sha256::digest(&name);
        let digest: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{begin}_{digest}_idx")
    }

    /// What the view of people selects. Of a table whose columns the program does not know, it shows all that there are.
    pub(super) fn view_columns(&self) -> String {
        if self.columns.is_empty() {
            return "*".to_owned();
        }
        let columns = self.columns.iter().map(|column| quoted(column.name));
        listed(std::iter::once("tenant".to_owned()).chain(columns))
    }

    /// The columns that the database must tell of, where it calls types so.
    pub(crate) fn expected_columns(
        &self,
        type_name: fn(ColumnKind) -> &'static str,
    ) -> Vec<FoundColumn> {
        let tenant = FoundColumn {
            name: "tenant".to_owned(),
            kind: type_name(ColumnKind::Text).to_owned(),
            nullable: false,
            key: Some(1),
        };
        let mut places = 2..;
        let columns = self.columns.iter().map(|column| FoundColumn {
            name: column.name.to_owned(),
            kind: type_name(column.kind).to_owned(),
            nullable: column.nullable,
            key: column.key.then(|| places.next()).flatten(),
        });
        std::iter::once(tenant).chain(columns).collect()
    }

    /// A value is of another kind than its column: the read model was implemented by hand.
    pub(super) fn misfit(&self, column: &Column, value: &Value) -> Error {
        // Without what it holds: messages end in logs.
        let found = match value {
            Value::Null => "null",
            Value::Boolean(_) => "a boolean",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Text(_) => "text",
            Value::Uuid(_) => "a uuid",
            Value::Timestamp(_) => "a timestamp",
            Value::Date(_) => "a date",
            Value::Json(_) => "JSON",
            Value::Bytes(_) => "bytes",
        };
        let Column { name, kind, .. } = column;
        let table = &self.name;
        Error::new(
            ErrorKind::ReadModel,
            format!("column `{name}` of table `{table}` is declared as {kind:?}, but its value is {found}"),
        )
        .with_hint("let `to_values` and `COLUMNS` of the read model say the same")
    }
}

/// A name as it goes into statements, so that it can be a word of SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// Parts of a statement, with commas between them.
pub(super) fn listed(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
