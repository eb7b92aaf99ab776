//! What `#[derive(ReadModel)]` makes of a field.

use super::declared::{
    JsonColumn, TextColumn, from_json, from_json_or_null, to_json, to_json_or_null,
};
use super::{Column, ColumnKind, ColumnType, Misfilled, Value};

/// A column with the field that fills it. Its making alone mentions what the field's type needs, so that a type that is no
/// column is one error.
#[doc(hidden)]
pub struct ColumnOf<T> {
    pub(super) column: Column,
    pub(super) to_value: fn(&T) -> Result<Value, String>,
    pub(super) from_value: fn(Value) -> Result<T, String>,
}

impl<T> ColumnOf<T> {
    /// A field whose type is that of a column.
    #[must_use]
    pub const fn new(name: &'static str) -> Self
    where
        T: ColumnType,
    {
        ColumnOf {
            column: Column::of::<T>(name),
            to_value: T::to_value,
            from_value: T::from_value,
        }
    }

    /// A field with `#[column(text)]`.
    #[must_use]
    pub const fn text<M>(name: &'static str) -> Self
    where
        T: TextColumn<M>,
    {
        ColumnOf {
            column: Column::of_kind(name, ColumnKind::Text, T::NULLABLE),
            to_value: T::to_text,
            from_value: T::from_text,
        }
    }

    /// A field with `#[column(json)]`.
    #[must_use]
    pub const fn json(name: &'static str, nullable: bool) -> Self
    where
        T: JsonColumn,
    {
        let column = Column::of_kind(name, ColumnKind::Json, nullable);
        if nullable {
            ColumnOf {
                column,
                to_value: to_json_or_null,
                from_value: from_json_or_null,
            }
        } else {
            ColumnOf {
                column,
                to_value: to_json,
                from_value: from_json,
            }
        }
    }

    /// The column.
    #[must_use]
    pub const fn column(&self) -> Column {
        self.column
    }

    /// The field's value.
    ///
    /// # Errors
    /// Where no database keeps it as it is.
    pub fn value(&self, field: &T) -> Result<Value, Misfilled> {
        (self.to_value)(field).map_err(|reason| Misfilled::new(self.column.name, reason))
    }

    /// The field of the next value.
    ///
    /// # Errors
    /// Where there is none, or it does not fit.
    pub fn field(&self, values: &mut std::vec::IntoIter<Value>) -> Result<T, Misfilled> {
        let value = values
            .next()
            .ok_or_else(|| "is not among the values".to_owned());
        value
            .and_then(self.from_value)
            .map_err(|reason| Misfilled::new(self.column.name, reason))
    }
}

/// The values of a row.
///
/// # Errors
/// The first that no database keeps.
#[doc(hidden)]
pub fn values<const N: usize>(
    values: [Result<Value, Misfilled>; N],
) -> Result<Vec<Value>, Misfilled> {
    values.into_iter().collect()
}
