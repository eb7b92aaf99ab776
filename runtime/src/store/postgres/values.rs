//! Values of read models on their way to PostgreSQL and back.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres as Db, Row};
use uuid::Uuid;

use crate::projection::{ColumnKind, Value};

/// The name of the type of a column, as PostgreSQL tells it.
pub(super) fn type_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean => "boolean",
        ColumnKind::Integer => "bigint",
        ColumnKind::Float => "double precision",
        ColumnKind::Text => "text",
        ColumnKind::Uuid => "uuid",
        ColumnKind::Timestamp => "timestamp with time zone",
        ColumnKind::Date => "date",
        ColumnKind::Json => "jsonb",
        ColumnKind::Bytes => "bytea",
    }
}

/// The type in which values are sent. JSON goes as text, both ways.
pub(super) fn wire_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Json => "text",
        kind => type_name(kind),
    }
}

/// An expression of the type of the column, made of one of the type in which values are sent.
pub(super) fn received(kind: ColumnKind, sent: &str) -> String {
    match kind {
        ColumnKind::Json => format!("{sent}::jsonb"),
        _ => sent.to_owned(),
    }
}

/// An expression of the type in which values are sent, made of a column.
pub(super) fn sent(kind: ColumnKind, column: &str) -> String {
    match kind {
        ColumnKind::Json => format!("{column}::text"),
        _ => column.to_owned(),
    }
}

pub(super) type Bound<'q> = Query<'q, Db, PgArguments>;

/// Binds the values of a column as one array.
///
/// # Errors
/// The first value that is of another kind.
pub(super) fn bind_all<'q, 'v>(
    query: Bound<'q>,
    kind: ColumnKind,
    values: impl Iterator<Item = &'v Value>,
) -> Result<Bound<'q>, &'v Value> {
    Ok(match kind {
        ColumnKind::Boolean => query.bind(all(values, boolean)?),
        ColumnKind::Integer => query.bind(all(values, integer)?),
        ColumnKind::Float => query.bind(all(values, float)?),
        ColumnKind::Text => query.bind(all(values, text)?),
        ColumnKind::Uuid => query.bind(all(values, uuid)?),
        ColumnKind::Timestamp => query.bind(all(values, timestamp)?),
        ColumnKind::Date => query.bind(all(values, date)?),
        ColumnKind::Json => query.bind(all(values, json)?),
        ColumnKind::Bytes => query.bind(all(values, bytes)?),
    })
}

fn all<'v, T>(
    values: impl Iterator<Item = &'v Value>,
    of: impl Fn(&'v Value) -> Option<T>,
) -> Result<Vec<Option<T>>, &'v Value> {
    values
        .map(|value| match value {
            Value::Null => Ok(None),
            value => of(value).map(Some).ok_or(value),
        })
        .collect()
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(value) => Some(*value),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(value) => Some(*value),
        _ => None,
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(value) => Some(value.clone()),
        _ => None,
    }
}

fn uuid(value: &Value) -> Option<Uuid> {
    match value {
        Value::Uuid(value) => Some(*value),
        _ => None,
    }
}

fn timestamp(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Timestamp(value) => Some(*value),
        _ => None,
    }
}

fn date(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::Date(value) => Some(*value),
        _ => None,
    }
}

fn json(value: &Value) -> Option<String> {
    match value {
        Value::Json(value) => Some(value.clone()),
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(value) => Some(value.clone()),
        _ => None,
    }
}

/// Reads a value that was selected in the type in which values are sent.
pub(super) fn read(row: &PgRow, column: usize, kind: ColumnKind) -> Result<Value, sqlx::Error> {
    let value = match kind {
        ColumnKind::Boolean => row.try_get::<Option<_>, _>(column)?.map(Value::Boolean),
        ColumnKind::Integer => row.try_get::<Option<_>, _>(column)?.map(Value::Integer),
        ColumnKind::Float => row.try_get::<Option<_>, _>(column)?.map(Value::Float),
        ColumnKind::Text => row.try_get::<Option<_>, _>(column)?.map(Value::Text),
        ColumnKind::Uuid => row.try_get::<Option<_>, _>(column)?.map(Value::Uuid),
        ColumnKind::Timestamp => row.try_get::<Option<_>, _>(column)?.map(Value::Timestamp),
        ColumnKind::Date => row.try_get::<Option<_>, _>(column)?.map(Value::Date),
        ColumnKind::Json => row.try_get::<Option<_>, _>(column)?.map(Value::Json),
        ColumnKind::Bytes => row.try_get::<Option<_>, _>(column)?.map(Value::Bytes),
    };
    Ok(value.unwrap_or(Value::Null))
}
