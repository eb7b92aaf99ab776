//! Keeps the shapes in which events were stored.

use sqlx::{PgConnection, Row};

use super::{Postgres, Text, during, statement};
use crate::error::Error;
use crate::store::backend::MakeSchemas;
use crate::store::row::SchemaRow;

pub(super) const ALL: &str = "
select event_type, schema_version, amendment, meaning, shape::text as shape, older_gone
from {schema}.schemas
order by event_type, schema_version, amendment
";

pub(super) const ADD: &str = "
insert into {schema}.schemas (event_type, schema_version, amendment, meaning, shape, older_gone)
values ($1, $2, $3, $4, $5::json, $6)
";

/// A lock by name asks for no right on the table, and lets everybody read. The name of the schema tells apart stores that
/// share a database.
pub(super) const LOCK: &str = "
select pg_advisory_xact_lock(hashtextextended('annals schemas of {schema}', 0))::text
";

impl Postgres {
    /// Every shape in which events were stored, the amendments of a version in their order.
    pub(crate) async fn schemas(&self) -> Result<Vec<SchemaRow>, Error> {
        let mut connection = self.acquire("read the schemas of events").await?;
        all(&mut connection, &self.sql.schemas).await
    }

    /// Adds what is made of the shapes that are there, while nobody else adds any. An error adds nothing.
    pub(crate) async fn add_schemas(&self, make: &mut MakeSchemas<'_>) -> Result<(), Error> {
        let during = during("keep the schemas of events");
        let mut transaction = self.begin().await?;
        sqlx::query(statement(&self.sql.lock_schemas))
            .execute(&mut *transaction)
            .await
            .map_err(&during)?;
        for row in make(all(&mut transaction, &self.sql.schemas).await?)? {
            sqlx::query(statement(&self.sql.add_schema))
                .bind(&row.event_type)
                .bind(number(row.schema_version))
                .bind(number(row.amendment))
                .bind(&row.meaning)
                .bind(&row.shape)
                .bind(row.older_gone)
                .execute(&mut *transaction)
                .await
                .map_err(&during)?;
        }
        transaction.commit().await.map_err(during)
    }
}

async fn all(connection: &mut PgConnection, sql: &Text) -> Result<Vec<SchemaRow>, Error> {
    let during = during("read the schemas of events");
    let rows = sqlx::query(statement(sql))
        .fetch_all(connection)
        .await
        .map_err(&during)?;
    let rows = rows.iter().map(|row| {
        Ok(SchemaRow {
            event_type: row.try_get("event_type")?,
            schema_version: row.try_get::<i32, _>("schema_version")?.into(),
            amendment: row.try_get::<i32, _>("amendment")?.into(),
            meaning: row.try_get("meaning")?,
            shape: row.try_get("shape")?,
            older_gone: row.try_get("older_gone")?,
        })
    });
    rows.collect::<Result<_, sqlx::Error>>().map_err(during)
}

/// A number that the table holds: versions of declarations are no larger.
fn number(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
