//! Keeps what became of commands that were sent with a key.

use sqlx::Row;

use super::{Postgres, during, statement};
use crate::error::Error;
use crate::store::row::{NewOutcome, Outcome};

pub(super) const SAVE: &str = "
insert into {schema}.commands (tenant, stream, key, last_version, refusal)
values ($1, $2, $3, $4, $5::json)
on conflict do nothing
";

pub(super) const FIND: &str = "
select first_version, last_version, refusal::text as refusal
from {schema}.commands
where tenant = $1 and stream = $2 and key = $3
";

impl Postgres {
    /// Keeps the outcome of a command that stored no event; answers the one that stands already, where one does.
    pub(crate) async fn save_outcome(
        &self,
        outcome: NewOutcome<'_>,
    ) -> Result<Option<Outcome>, Error> {
        const DOING: &str = "keep the outcome of a command";
        let during = during(DOING);
        let mut connection = self.acquire(DOING).await?;
        let saved = sqlx::query(statement(&self.sql.save_outcome))
            .bind(outcome.tenant)
            .bind(outcome.stream.as_str())
            .bind(outcome.key)
            .bind(outcome.version.to_i64())
            .bind(outcome.refusal)
            .execute(&mut *connection)
            .await
            .map_err(&during)?;
        if saved.rows_affected() == 1 {
            return Ok(None);
        }
        let row = sqlx::query(statement(&self.sql.outcome))
            .bind(outcome.tenant)
            .bind(outcome.stream.as_str())
            .bind(outcome.key)
            .fetch_one(&mut *connection)
            .await
            .map_err(&during)?;
        Ok(Some(Outcome {
            first_version: row.try_get("first_version").map_err(&during)?,
            last_version: row.try_get("last_version").map_err(&during)?,
            refusal: row.try_get("refusal").map_err(&during)?,
        }))
    }
}
