//! Values of read models on their way to SQLite and back.

use chrono::NaiveDate;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite as Db};
use uuid::Uuid;

use super::time;
use crate::projection::{ColumnKind, Value};

/// The name of the type of a column.
pub(super) fn type_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean | ColumnKind::Integer => "integer",
        ColumnKind::Float => "real",
        ColumnKind::Text
        | ColumnKind::Uuid
        | ColumnKind::Timestamp
        | ColumnKind::Date
        | ColumnKind::Json => "text",
        ColumnKind::Bytes => "blob",
    }
}

pub(super) type Bound<'q> = sqlx::query::Query<'q, Db, SqliteArguments>;

/// Binds a value of a column; `None` where it is of another kind.
pub(super) fn bind<'q>(query: Bound<'q>, kind: ColumnKind, value: &Value) -> Option<Bound<'q>> {
    Some(match (kind, value) {
        (_, Value::Null) => query.bind(None::<String>),
        (ColumnKind::Boolean, Value::Boolean(value)) => query.bind(i64::from(*value)),
        (ColumnKind::Integer, Value::Integer(value)) => query.bind(*value),
        (ColumnKind::Float, Value::Float(value)) => query.bind(*value),
        (ColumnKind::Text, Value::Text(value)) | (ColumnKind::Json, Value::Json(value)) => {
            query.bind(value.clone())
        }
        (ColumnKind::Uuid, Value::Uuid(value)) => query.bind(value.to_string()),
        (ColumnKind::Timestamp, Value::Timestamp(value)) => query.bind(time::write(*value)),
        (ColumnKind::Date, Value::Date(value)) => query.bind(value.to_string()),
        (ColumnKind::Bytes, Value::Bytes(value)) => query.bind(value.clone()),
        _ => return None,
    })
}

/// Reads a value of a column.
pub(super) fn read(row: &SqliteRow, column: usize, kind: ColumnKind) -> Result<Value, sqlx::Error> {
    let text = || row.try_get::<Option<&str>, _>(column);
    let value = match kind {
        ColumnKind::Boolean => {
            let number: Option<i64> = row.try_get(column)?;
            number.map(boolean).transpose()?
        }
        ColumnKind::Integer => row.try_get::<Option<_>, _>(column)?.map(Value::Integer),
        ColumnKind::Float => row.try_get::<Option<_>, _>(column)?.map(Value::Float),
        ColumnKind::Text => row.try_get::<Option<_>, _>(column)?.map(Value::Text),
        ColumnKind::Uuid => text()?.map(uuid).transpose()?,
        ColumnKind::Timestamp => text()?.map(time::read).transpose()?.map(Value::Timestamp),
        ColumnKind::Date => text()?.map(date).transpose()?,
        ColumnKind::Json => row.try_get::<Option<_>, _>(column)?.map(Value::Json),
        ColumnKind::Bytes => row.try_get::<Option<_>, _>(column)?.map(Value::Bytes),
    };
    Ok(value.unwrap_or(Value::Null))
}

fn boolean(number: i64) -> Result<Value, sqlx::Error> {
    match number {
        0 => Ok(Value::Boolean(false)),
        1 => Ok(Value::Boolean(true)),
        _ => Err(sqlx::Error::Decode(
            format!("{number} is no boolean").into(),
        )),
    }
}

fn uuid(text: &str) -> Result<Value, sqlx::Error> {
    Uuid::parse_str(text)
        .map(Value::Uuid)
        .map_err(|error| sqlx::Error::Decode(format!("{text:?} is no uuid: {error}").into()))
}

fn date(text: &str) -> Result<Value, sqlx::Error> {
    text.parse::<NaiveDate>()
        .map(Value::Date)
        .map_err(|error| sqlx::Error::Decode(format!("{text:?} is no date: {error}").into()))
}
