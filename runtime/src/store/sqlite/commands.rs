//! Keeps what became of commands that were sent with a key.

use sqlx::{Row, SqliteConnection};

use super::{Sqlite, during, time};
use crate::error::Error;
use crate::store::row::{NewOutcome, Outcome};
use crate::stream::StreamId;

const DOING: &str = "keep the outcome of a command";

impl Sqlite {
    /// Keeps the outcome of a command that stored no event; answers the one that stands already, where one does.
    pub(crate) async fn save_outcome(
        &self,
        outcome: NewOutcome<'_>,
    ) -> Result<Option<Outcome>, Error> {
        let mut transaction = self
            .writer
            .begin_with("begin immediate")
            .await
            .map_err(during(DOING))?;
        if let Some(first) = find(
            &mut transaction,
            outcome.tenant,
            outcome.stream,
            outcome.key,
        )
        .await?
        {
            return Ok(Some(first));
        }
        sqlx::query(
            "insert into annals_commands (tenant, stream, key, last_version, refusal, recorded_at)
             values (?, ?, ?, ?, ?, ?)",
        )
        .bind(outcome.tenant)
        .bind(outcome.stream.as_str())
        .bind(outcome.key)
        .bind(outcome.version.to_i64())
        .bind(outcome.refusal)
        .bind(time::write(self.clock.now()))
        .execute(&mut *transaction)
        .await
        .map_err(during(DOING))?;
        transaction.commit().await.map_err(during(DOING))?;
        Ok(None)
    }
}

pub(super) async fn find(
    connection: &mut SqliteConnection,
    tenant: &str,
    stream: &StreamId,
    key: &str,
) -> Result<Option<Outcome>, Error> {
    let during = during(DOING);
    let row = sqlx::query(
        "select first_version, last_version, refusal from annals_commands where tenant = ? and stream = ? and key = ?",
    )
    .bind(tenant)
    .bind(stream.as_str())
    .bind(key)
    .fetch_optional(connection)
    .await
    .map_err(&during)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Outcome {
        first_version: row.try_get(0).map_err(&during)?,
        last_version: row.try_get(1).map_err(&during)?,
        refusal: row.try_get(2).map_err(&during)?,
    }))
}
