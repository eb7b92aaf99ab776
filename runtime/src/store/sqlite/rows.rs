//! Reads and writes rows of read models: some in one statement.

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Executor, Row as _};

use super::values::{Bound, bind, read};
use super::{Sqlite, during};
use crate::error::Error;
use crate::projection::{Column, Value};
use crate::store::names::Names;
use crate::store::projections::{EachRow, Row, RowPlace, Table};
use crate::store::table::{listed, quoted};

/// How many rows go into one statement: few sizes, so that few statements are prepared. With the most columns that a table
/// can have, 2 000, the parameters of the second are as many as SQLite takes.
const SIZES: [usize; 3] = [128, 16, 1];

/// How many parameters SQLite takes.
const PARAMETERS: usize = 32_766;

impl Sqlite {
    /// The rows that stand at the places, in no order.
    pub(crate) async fn load_rows(
        &self,
        connection: &mut SqliteConnection,
        table: &Table,
        places: &[RowPlace],
    ) -> Result<Vec<Row>, Error> {
        load(connection, table, places).await
    }

    /// Writes rows, in the place of those with the same keys. No two of them have the same.
    pub(crate) async fn write_rows(
        &self,
        connection: &mut SqliteConnection,
        table: &Table,
        rows: &[Row],
    ) -> Result<(), Error> {
        let key = listed(table.key_columns().iter().map(|column| quoted(column.name)));
        let others = table.columns.iter().filter(|column| !column.key);
        let changes = listed(others.map(|column| {
            let name = quoted(column.name);
            format!("{name} = excluded.{name}")
        }));
        let action = match changes.as_str() {
            "" => "nothing".to_owned(),
            changes => format!("update set {changes}"),
        };
        let conflict = format!(" on conflict (tenant, {key}) do {action}");
        insert(connection, table, rows, &conflict).await
    }

    pub(crate) async fn delete_rows(
        &self,
        connection: &mut SqliteConnection,
        table: &Table,
        places: &[RowPlace],
    ) -> Result<(), Error> {
        let (name, keys) = (quoted(&table.name), table.key_columns());
        let key = listed(keys.iter().map(|column| quoted(column.name)));
        for places in pieces(places, keys.len()) {
            let sql = format!(
                "delete from {name} where (tenant, {key}) in ({})",
                values(keys.len(), places.len())
            );
            let query = bind_places(sqlx::query(AssertSqlSafe(sql)), table, places)?;
            let deleted = query.execute(&mut *connection).await;
            deleted.map_err(failed(table, "delete rows of a read model"))?;
        }
        Ok(())
    }

    pub(crate) async fn read_row(
        &self,
        table: &Table,
        place: &RowPlace,
    ) -> Result<Option<Row>, Error> {
        let connection = self.readers.acquire().await;
        let mut connection = connection.map_err(during("read a row of a read model"))?;
        let rows = load(&mut connection, table, std::slice::from_ref(place)).await?;
        Ok(rows.into_iter().next())
    }

    /// The rows of a tenant that come after a key, in the order of the keys.
    pub(crate) async fn read_rows(
        &self,
        table: &Table,
        tenant: &str,
        after: Option<&[Value]>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let failed = failed(table, "read rows of a read model");
        let keys = table.key_columns();
        let key = listed(
            keys.iter()
                .map(|column| format!("t.{}", quoted(column.name))),
        );
        let beyond = match after {
            Some(_) => {
                let bounds = (3..keys.len() + 3).map(|number| format!("?{number}"));
                format!("and ({key}) > ({})", listed(bounds))
            }
            None => String::new(),
        };
        let sql = format!(
            "select {} from {} t where t.tenant = ?1 {beyond} order by {key} limit ?2",
            selected(table),
            quoted(&table.name),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(tenant).bind(limit);
        for (column, value) in keys.iter().zip(after.unwrap_or_default()) {
            query = bound(query, table, column, value)?;
        }
        let found = query.fetch_all(&self.readers).await.map_err(&failed)?;
        let mut tenants = Names::default();
        let rows = found.iter().map(|row| row_of(row, table, &mut tenants));
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    pub(crate) async fn count_rows(
        &self,
        table: &Table,
        tenant: Option<&str>,
    ) -> Result<u64, Error> {
        let name = quoted(&table.name);
        let sql = format!("select count(*) from {name} where ?1 is null or tenant = ?1");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(tenant)
            .fetch_one(&self.readers)
            .await
            .map_err(failed(table, "count rows of a read model"))?;
        Ok(count.unsigned_abs())
    }

    /// Hands on each row, in the order of tenants and keys, as they arrive.
    pub(crate) async fn all_rows(
        &self,
        table: &Table,
        tenant: Option<&str>,
        each: &mut EachRow<'_>,
    ) -> Result<(), Error> {
        let failed = failed(table, "read all rows of a read model");
        let keys = table.key_columns();
        let sql = format!(
            "select {} from {} t where ?1 is null or t.tenant = ?1 order by t.tenant, {}",
            selected(table),
            quoted(&table.name),
            listed(
                keys.iter()
                    .map(|column| format!("t.{}", quoted(column.name)))
            ),
        );
        let mut tenants = Names::default();
        let mut rows = sqlx::query(AssertSqlSafe(sql))
            .bind(tenant)
            .fetch(&self.readers);
        while let Some(row) = rows.try_next().await.map_err(&failed)? {
            each(row_of(&row, table, &mut tenants).map_err(&failed)?)?;
        }
        Ok(())
    }
}

async fn load(
    connection: &mut SqliteConnection,
    table: &Table,
    places: &[RowPlace],
) -> Result<Vec<Row>, Error> {
    let failed = failed(table, "read rows of a read model");
    let keys = table.key_columns();
    let key = listed(
        keys.iter()
            .map(|column| format!("t.{}", quoted(column.name))),
    );
    let mut loaded = Vec::with_capacity(places.len());
    let mut tenants = Names::default();
    for places in pieces(places, keys.len()) {
        let sql = format!(
            "select {} from {} t where (t.tenant, {key}) in ({})",
            selected(table),
            quoted(&table.name),
            values(keys.len(), places.len()),
        );
        let query = bind_places(sqlx::query(AssertSqlSafe(sql)), table, places)?;
        let found = query.fetch_all(&mut *connection).await.map_err(&failed)?;
        for row in &found {
            loaded.push(row_of(row, table, &mut tenants).map_err(&failed)?);
        }
    }
    Ok(loaded)
}

async fn insert(
    connection: &mut SqliteConnection,
    table: &Table,
    rows: &[Row],
    conflict: &str,
) -> Result<(), Error> {
    let names = listed(table.columns.iter().map(|column| quoted(column.name)));
    for rows in pieces(rows, table.columns.len()) {
        let sql = format!(
            "insert into {} (tenant, {names}) {}{conflict}",
            quoted(&table.name),
            values(table.columns.len(), rows.len()),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in rows {
            query = query.bind(row.tenant.to_string());
            for (at, column) in table.columns.iter().enumerate() {
                let value = row.values.get(at).unwrap_or(&Value::Null);
                query = bound(query, table, column, value)?;
            }
        }
        let written = (&mut *connection).execute(query).await;
        written.map_err(failed(table, "write rows of a read model"))?;
    }
    Ok(())
}

/// What the database says of a table of a read model. SQLite has one code for all that is wrong with a statement.
pub(super) fn failed(table: &Table, doing: &'static str) -> impl Fn(sqlx::Error) -> Error {
    let name = table.name.clone();
    move |error| {
        let message = error.as_database_error().map(|error| error.message());
        let what = match (message, &error) {
            (Some(message), _) if message.starts_with("no such table") => "is missing",
            (Some(message), _) if is_of_columns(message) => "has not the columns that are declared",
            (_, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                "has not the columns that are declared"
            }
            _ => return during(doing)(error),
        };
        Error::read_model(&name, what).with_source(error)
    }
}

fn is_of_columns(message: &str) -> bool {
    message.starts_with("no such column")
        || message.contains("has no column named")
        || message.starts_with("ON CONFLICT clause does not match")
}

/// Parts of a list that each go into one statement, where each has so many values beside its tenant.
fn pieces<T>(mut all: &[T], width: usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let fits = |size: &usize| *size <= all.len() && size * (width + 1) <= PARAMETERS;
        let size = SIZES.into_iter().find(fits)?;
        let (piece, rest) = all.split_at(size);
        all = rest;
        Some(piece)
    })
}

/// Parameters for rows that each have so many values beside their tenant.
fn values(width: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; width + 1].join(", "));
    format!("values {}", vec![row; rows].join(", "))
}

fn selected(table: &Table) -> String {
    let columns = table
        .columns
        .iter()
        .map(|column| format!("t.{}", quoted(column.name)));
    format!("t.tenant, {}", listed(columns))
}

fn bind_places<'q>(
    mut query: Bound<'q>,
    table: &Table,
    places: &[RowPlace],
) -> Result<Bound<'q>, Error> {
    let keys = table.key_columns();
    for place in places {
        query = query.bind(place.tenant.to_string());
        for (at, column) in keys.iter().enumerate() {
            let value = place.key.get(at).unwrap_or(&Value::Null);
            query = bound(query, table, column, value)?;
        }
    }
    Ok(query)
}

fn bound<'q>(
    query: Bound<'q>,
    table: &Table,
    column: &Column,
    value: &Value,
) -> Result<Bound<'q>, Error> {
    bind(query, column.kind, value).ok_or_else(|| table.misfit(column, value))
}

fn row_of(row: &SqliteRow, table: &Table, tenants: &mut Names) -> Result<Row, sqlx::Error> {
    let tenant = tenants.name(row.try_get(0)?);
    let columns = table.columns.iter().zip(1..);
    let values = columns.map(|(column, at)| read(row, at, column.kind));
    Ok(Row {
        tenant,
        values: values.collect::<Result<_, _>>()?,
    })
}
