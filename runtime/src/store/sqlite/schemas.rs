//! Keeps the shapes in which events were stored.

use sqlx::{Row, SqliteConnection};

use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::backend::MakeSchemas;
use crate::store::row::SchemaRow;

impl Sqlite {
    /// Every shape in which events were stored, the amendments of a version in their order.
    pub(crate) async fn schemas(&self) -> Result<Vec<SchemaRow>, Error> {
        let connection = self.readers.acquire().await;
        let mut connection = connection.map_err(during("read the schemas of events"))?;
        all(&mut connection).await
    }

    /// Adds what is made of the shapes that are there, while nobody else adds any. An error adds nothing.
    pub(crate) async fn add_schemas(&self, make: &mut MakeSchemas<'_>) -> Result<(), Error> {
        let during = during("keep the schemas of events");
        let transaction = self.writer.begin_with("begin immediate").await;
        let mut transaction = transaction.map_err(&during)?;
        let now = time::write(self.clock.now());
        for row in make(all(&mut transaction).await?)? {
            sqlx::query(
                "insert into annals_schemas
                     (event_type, schema_version, amendment, meaning, shape, older_gone, first_seen_at)
                 values (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&row.event_type)
            .bind(row.schema_version)
            .bind(row.amendment)
            .bind(&row.meaning)
            .bind(&row.shape)
            .bind(row.older_gone)
            .bind(&now)
            .execute(&mut *transaction)
            .await
            .map_err(&during)?;
        }
        transaction.commit().await.map_err(during)
    }
}

async fn all(connection: &mut SqliteConnection) -> Result<Vec<SchemaRow>, Error> {
    let during = during("read the schemas of events");
    let rows = sqlx::query(
        "select event_type, schema_version, amendment, meaning, shape, older_gone
         from annals_schemas
         order by event_type, schema_version, amendment",
    )
    .fetch_all(connection)
    .await
    .map_err(&during)?;
    let rows = rows.iter().map(|row| {
        Ok(SchemaRow {
            event_type: row.try_get(0)?,
            schema_version: row.try_get(1)?,
            amendment: row.try_get(2)?,
            meaning: row.try_get(3)?,
            shape: row.try_get(4)?,
            older_gone: row.try_get(5)?,
        })
    });
    rows.collect::<Result<_, sqlx::Error>>().map_err(during)
}
