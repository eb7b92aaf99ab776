//! Read models in the lock: what is declared of them, and what has changed between two locks.

use std::collections::BTreeSet;
use std::path::Path;

use annals_schema::Rule;
use annals_schema::lock::{Lock, LockedColumn, LockedReadModel, read_model_file};

use super::difference::{Difference, Subject};
use crate::projection::{Column, ColumnKind, Definition};

/// What is to be locked of a projection; `None` where it keeps no table: then nothing outlives a change of its columns.
pub(super) fn declared(definition: &Definition) -> Option<LockedReadModel> {
    let columns = definition.table()?.columns;
    let mut place = 0;
    let columns = columns.iter().map(|column| {
        let key = column.key.then(|| {
            place += 1;
            place
        });
        (column.name.to_owned(), locked(column, key))
    });
    Some(LockedReadModel {
        name: definition.name.to_string(),
        version: definition.version,
        columns: columns.collect(),
    })
}

fn locked(column: &Column, key: Option<u32>) -> LockedColumn {
    LockedColumn {
        kind: word(column.kind).to_owned(),
        nullable: column.nullable,
        key,
        index: column.index,
    }
}

/// As it is kept, whatever the databases call it.
fn word(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean => "boolean",
        ColumnKind::Integer => "integer",
        ColumnKind::Float => "float",
        ColumnKind::Text => "text",
        ColumnKind::Uuid => "uuid",
        ColumnKind::Timestamp => "timestamp",
        ColumnKind::Date => "date",
        ColumnKind::Json => "json",
        ColumnKind::Bytes => "bytes",
    }
}

/// The differences of read models that lead from one lock of a folder to another.
pub(super) fn compare(folder: &Path, before: &Lock, after: &Lock) -> Vec<Difference> {
    let mut all = Found {
        folder,
        differences: Vec::new(),
    };
    for was in before.read_models.values() {
        match after.read_models.get(&was.name) {
            Some(is) => all.changed(was, is),
            None => all.whole("READ_MODEL_REMOVED", &was.name, Some(was), None),
        }
    }
    for is in after.read_models.values() {
        if !before.read_models.contains_key(&is.name) {
            all.whole("READ_MODEL_ADDED", &is.name, None, Some(is));
        }
    }
    all.differences
}

struct Found<'a> {
    folder: &'a Path,
    differences: Vec<Difference>,
}

impl Found<'_> {
    fn changed(&mut self, was: &LockedReadModel, is: &LockedReadModel) {
        // Another version is another table, whatever its columns are.
        if was.version != is.version {
            let rule = match was.version < is.version {
                true => "READ_MODEL_VERSION_ADDED",
                false => "READ_MODEL_VERSION_NO_LOWER",
            };
            return self.whole(rule, &is.name, Some(was), Some(is));
        }
        let columns: BTreeSet<_> = was.columns.keys().chain(is.columns.keys()).collect();
        for column in columns {
            let (from, to) = (was.columns.get(column), is.columns.get(column));
            let rule = match (from, to) {
                (from, to) if from == to => continue,
                (None, _) => "READ_MODEL_COLUMN_NO_ADD",
                (_, None) => "READ_MODEL_COLUMN_NO_DELETE",
                _ => "READ_MODEL_COLUMN_NO_CHANGE",
            };
            let said = LockedColumn::to_string;
            self.add(rule, &is.name, column, (from.map(said), to.map(said)));
        }
    }

    fn whole(
        &mut self,
        rule: &str,
        name: &str,
        was: Option<&LockedReadModel>,
        is: Option<&LockedReadModel>,
    ) {
        let said = |of: &LockedReadModel| format!("version {}", of.version);
        self.add(rule, name, ".", (was.map(said), is.map(said)));
    }

    fn add(
        &mut self,
        rule: &str,
        name: &str,
        path: &str,
        (from, to): (Option<String>, Option<String>),
    ) {
        self.differences
            .extend(Rule::named(rule).map(|rule| Difference {
                rule,
                subject: Subject::ReadModel { name: name.into() },
                path: path.to_owned(),
                from: from.unwrap_or_default(),
                to: to.unwrap_or_default(),
                folder: self.folder.to_owned(),
                file: read_model_file(name),
            }));
    }
}

#[cfg(test)]
mod tests {
    use annals_schema::Rule;

    #[test]
    fn every_rule_that_is_named_here_is_in_the_table() {
        let source = include_str!("read_models.rs");
        let quoted = source.split('"').skip(1).step_by(2);
        let mut count = 0;
        for rule in quoted.filter(|word| word.starts_with("READ_MODEL_") && word.len() > 12) {
            assert!(Rule::named(rule).is_some(), "{rule}");
            count += 1;
        }
        assert_eq!(count, 7);
    }
}
