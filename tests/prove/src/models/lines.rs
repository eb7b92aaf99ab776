//! A read model whose rows the user writes.

use annals::Tx;
use annals::prelude::*;

use crate::domain::{Decided, Moved, Paid};

/// Writes a line for each event into a table of its own, which takes the same position twice.
#[derive(Debug, Default)]
pub(crate) struct Lines;

impl Lines {
    /// What makes the table.
    pub(crate) const TABLE: &'static str =
        "create table prove_lines (position bigint not null, mark text not null)";

    async fn write(mark: &str, cx: &Recorded, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let at = cx.position();
        // Marks are made of letters, digits, dots and slashes.
        let line = format!("insert into prove_lines (position, mark) values ({at}, '{mark}')");
        let line = sqlx::raw_sql(sqlx::AssertSqlSafe(line));
        if let Some(connection) = tx.as_postgres() {
            line.execute(connection).await?;
        } else if let Some(connection) = tx.as_sqlite() {
            line.execute(connection).await?;
        }
        Ok(())
    }
}

#[projection(name = "lines", partitions = 2)]
impl Lines {
    async fn moved(&self, event: &Moved, cx: &Recorded, tx: &mut Tx) -> Result<(), sqlx::Error> {
        Lines::write(&event.mark, cx, tx).await
    }
    async fn decided(
        &self,
        event: &Decided,
        cx: &Recorded,
        tx: &mut Tx,
    ) -> Result<(), sqlx::Error> {
        Lines::write(&event.mark, cx, tx).await
    }
    async fn paid(&self, event: &Paid, cx: &Recorded, tx: &mut Tx) -> Result<(), sqlx::Error> {
        Lines::write(&event.mark, cx, tx).await
    }
}
