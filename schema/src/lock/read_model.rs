use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::column::LockedColumn;
use super::file::{LockError, RESTORE, in_its_place, parse, quoted, read_model_file};
use crate::ordered::Ordered;

/// What was released of one read model: its newest version. Older ones are not kept, since nothing is read from their
/// tables that could not be built anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedReadModel {
    /// The name of its projection.
    pub name: String,
    /// The newest version.
    pub version: u32,
    /// The columns of its table by their names.
    pub columns: BTreeMap<String, LockedColumn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    read_model: String,
    version: u32,
    columns: Ordered<String>,
}

impl LockedReadModel {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Where it is no lock of a read model.
    pub fn parse(path: &str, text: &str) -> Result<Self, LockError> {
        let file: File = parse(path, text)?;
        let own = read_model_file(&file.read_model);
        in_its_place(path, "read model", &file.read_model, &own)?;
        let mut columns = BTreeMap::new();
        for (name, said) in file.columns.0 {
            let Some(column) = LockedColumn::parse(&said) else {
                let reason = format!("says of column `{name}` {said:?}, which describes none");
                return Err(LockError::new(path, reason, RESTORE));
            };
            columns.insert(name, column);
        }
        Ok(LockedReadModel {
            name: file.read_model,
            version: file.version,
            columns,
        })
    }
}

/// The text of the file.
impl fmt::Display for LockedReadModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{{\n  \"read_model\": {},", quoted(&self.name))?;
        writeln!(f, "  \"version\": {},", self.version)?;
        let columns = self.columns.iter();
        let columns: Vec<_> = columns
            .map(|(name, column)| format!("{}: {}", quoted(name), quoted(&column.to_string())))
            .collect();
        let columns = columns.join(",\n    ");
        writeln!(f, "  \"columns\": {{\n    {columns}\n  }}\n}}")
    }
}
