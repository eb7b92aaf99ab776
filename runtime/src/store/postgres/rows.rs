//! Reads and writes rows of read models: many in one statement, as one array for each column.

use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Row as _};

use super::values::{Bound, bind_all, read, received, sent, wire_type};
use super::{Postgres, during};
use crate::error::Error;
use crate::projection::{Column, Value};
use crate::store::names::Names;
use crate::store::projections::{EachRow, Row, RowPlace, Table};
use crate::store::table::{listed, quoted};

/// How many rows go into one statement at most.
const CHUNK: usize = 5_000;

impl Postgres {
    /// The rows that stand at the places, in no order.
    pub(crate) async fn load_rows(
        &self,
        connection: &mut PgConnection,
        table: &Table,
        places: &[RowPlace],
    ) -> Result<Vec<Row>, Error> {
        let failed = failed(table, "read rows of a read model");
        let sql = format!(
            "select {} from {} t join {} on {}",
            selected(table),
            self.name_of(table),
            arrays(&table.key_columns()),
            at_place(table),
        );
        let mut loaded = Vec::with_capacity(places.len());
        let mut tenants = Names::default();
        for places in places.chunks(CHUNK) {
            let query = bind_places(sqlx::query(AssertSqlSafe(sql.as_str())), table, places)?;
            let found = query.fetch_all(&mut *connection).await.map_err(&failed)?;
            for row in &found {
                loaded.push(row_of(row, table, &mut tenants).map_err(&failed)?);
            }
        }
        Ok(loaded)
    }

    /// Writes rows, in the place of those with the same keys. No two of them have the same.
    pub(crate) async fn write_rows(
        &self,
        connection: &mut PgConnection,
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
        let sql = format!(
            "{} on conflict (tenant, {key}) do {action}",
            self.insertion(table)
        );
        self.insert(connection, table, rows, &sql).await
    }

    async fn insert(
        &self,
        connection: &mut PgConnection,
        table: &Table,
        rows: &[Row],
        sql: &str,
    ) -> Result<(), Error> {
        let failed = failed(table, "write rows of a read model");
        for rows in rows.chunks(CHUNK) {
            let tenants: Vec<&str> = rows.iter().map(|row| &*row.tenant).collect();
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(tenants);
            for (at, column) in table.columns.iter().enumerate() {
                let values = rows
                    .iter()
                    .map(|row| row.values.get(at).unwrap_or(&Value::Null));
                query = bind(query, table, column, values)?;
            }
            query.execute(&mut *connection).await.map_err(&failed)?;
        }
        Ok(())
    }

    fn insertion(&self, table: &Table) -> String {
        let columns: Vec<&Column> = table.columns.iter().collect();
        let names = columns.iter().map(|column| quoted(column.name));
        let values = columns
            .iter()
            .enumerate()
            .map(|(at, column)| received(column.kind, &format!("u.c{at}")));
        format!(
            "insert into {} (tenant, {}) select u.tenant, {} from {}",
            self.name_of(table),
            listed(names),
            listed(values),
            arrays(&columns),
        )
    }

    pub(crate) async fn delete_rows(
        &self,
        connection: &mut PgConnection,
        table: &Table,
        places: &[RowPlace],
    ) -> Result<(), Error> {
        let sql = format!(
            "delete from {} t using {} where {}",
            self.name_of(table),
            arrays(&table.key_columns()),
            at_place(table),
        );
        for places in places.chunks(CHUNK) {
            let query = bind_places(sqlx::query(AssertSqlSafe(sql.as_str())), table, places)?;
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
        let mut connection = self.acquire("read a row of a read model").await?;
        let place = std::slice::from_ref(place);
        let rows = self.load_rows(&mut connection, table, place).await?;
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
        const DOING: &str = "read rows of a read model";
        let failed = failed(table, DOING);
        let keys = table.key_columns();
        let key = || {
            keys.iter()
                .map(|column| format!("t.{}", quoted(column.name)))
        };
        let bounds = keys.iter().zip(3..).map(|(column, number)| {
            // Arrays of one, so that there is one way to bind a value.
            let bound = format!("(${number}::{}[])[1]", wire_type(column.kind));
            received(column.kind, &bound)
        });
        let beyond = match after {
            Some(_) => format!("and ({}) > ({})", listed(key()), listed(bounds)),
            None => String::new(),
        };
        let sql = format!(
            "select {} from {} t where t.tenant = $1 {beyond} order by {} limit $2",
            selected(table),
            self.name_of(table),
            listed(key()),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql))
            .bind(tenant)
            .bind(i64::from(limit));
        for (column, value) in keys.iter().zip(after.unwrap_or_default()) {
            query = bind(query, table, column, std::iter::once(value))?;
        }
        let mut connection = self.acquire(DOING).await?;
        let found = query.fetch_all(&mut *connection).await.map_err(&failed)?;
        let mut tenants = Names::default();
        let rows = found.iter().map(|row| row_of(row, table, &mut tenants));
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    pub(crate) async fn count_rows(
        &self,
        table: &Table,
        tenant: Option<&str>,
    ) -> Result<u64, Error> {
        const DOING: &str = "count rows of a read model";
        let name = self.name_of(table);
        let sql = format!("select count(*) from {name} where $1::text is null or tenant = $1");
        let mut connection = self.acquire(DOING).await?;
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(tenant)
            .fetch_one(&mut *connection)
            .await
            .map_err(failed(table, DOING))?;
        Ok(count.unsigned_abs())
    }

    /// Hands on each row, in the order of tenants and keys, as they arrive.
    pub(crate) async fn all_rows(
        &self,
        table: &Table,
        tenant: Option<&str>,
        each: &mut EachRow<'_>,
    ) -> Result<(), Error> {
        const DOING: &str = "read all rows of a read model";
        let failed = failed(table, DOING);
        let keys = table.key_columns();
        let key = keys
            .iter()
            .map(|column| format!("t.{}", quoted(column.name)));
        let sql = format!(
            "select {} from {} t where $1::text is null or t.tenant = $1 order by t.tenant, {}",
            selected(table),
            self.name_of(table),
            listed(key),
        );
        let mut connection = self.acquire(DOING).await?;
        let mut tenants = Names::default();
        let mut rows = sqlx::query(AssertSqlSafe(sql))
            .bind(tenant)
            .fetch(&mut *connection);
        while let Some(row) = rows.try_next().await.map_err(&failed)? {
            each(row_of(&row, table, &mut tenants).map_err(&failed)?)?;
        }
        Ok(())
    }

    pub(super) fn name_of(&self, table: &Table) -> String {
        format!("{}.{}", self.schema, quoted(&table.name))
    }
}

/// What the database says of a table of a read model.
pub(super) fn failed(table: &Table, doing: &'static str) -> impl Fn(sqlx::Error) -> Error {
    let name = table.name.clone();
    move |error| {
        let code = error.as_database_error().and_then(|error| error.code());
        let what = match (code.as_deref(), &error) {
            (Some("42P01"), _) => "is missing",
            (Some("42703" | "42804" | "42P10" | "42883"), _)
            | (_, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                "has not the columns that are declared"
            }
            _ => return during(doing)(error),
        };
        Error::read_model(&name, what).with_source(error)
    }
}

fn selected(table: &Table) -> String {
    let columns = table
        .columns
        .iter()
        .map(|column| sent(column.kind, &format!("t.{}", quoted(column.name))));
    format!("t.tenant, {}", listed(columns))
}

/// The arrays of the parameters as a table `u`: the tenant, and a column for each.
fn arrays(columns: &[&Column]) -> String {
    let parameters = columns
        .iter()
        .zip(2..)
        .map(|(column, number)| format!("${number}::{}[]", wire_type(column.kind)));
    let names = (0..columns.len()).map(|at| format!("c{at}"));
    format!(
        "unnest($1::text[], {}) as u (tenant, {})",
        listed(parameters),
        listed(names)
    )
}

fn at_place(table: &Table) -> String {
    let mut condition = "t.tenant = u.tenant".to_owned();
    for (at, column) in table.key_columns().into_iter().enumerate() {
        let value = received(column.kind, &format!("u.c{at}"));
        condition += &format!(" and t.{} = {value}", quoted(column.name));
    }
    condition
}

fn bind_places<'q>(
    query: Bound<'q>,
    table: &Table,
    places: &[RowPlace],
) -> Result<Bound<'q>, Error> {
    let tenants: Vec<&str> = places.iter().map(|place| &*place.tenant).collect();
    let mut query = query.bind(tenants);
    for (at, column) in table.key_columns().into_iter().enumerate() {
        let values = places
            .iter()
            .map(|place| place.key.get(at).unwrap_or(&Value::Null));
        query = bind(query, table, column, values)?;
    }
    Ok(query)
}

fn bind<'q, 'v>(
    query: Bound<'q>,
    table: &Table,
    column: &Column,
    values: impl Iterator<Item = &'v Value>,
) -> Result<Bound<'q>, Error> {
    bind_all(query, column.kind, values).map_err(|value| table.misfit(column, value))
}

fn row_of(row: &PgRow, table: &Table, tenants: &mut Names) -> Result<Row, sqlx::Error> {
    let tenant = tenants.name(row.try_get(0)?);
    let columns = table.columns.iter().zip(1..);
    let values = columns.map(|(column, at)| read(row, at, column.kind));
    Ok(Row {
        tenant,
        values: values.collect::<Result<_, _>>()?,
    })
}
