//! Appends groups, many in one statement.

mod failure;
mod plain;
mod repeated;
mod run;
mod sql;
mod verdict;

use futures_util::{FutureExt, StreamExt};
use sqlx::Postgres as Db;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;

use failure::{Failure, busy, raced};
use plain::plain;
use run::run;
use verdict::{Loss, Verdict};

pub(super) use plain::Statements;
pub(super) use repeated::REPEATED;
pub(super) use sql::{hasty, patient};

use super::{Postgres, during, settings};
use crate::append::{Group, Receipt};
use crate::error::Error;

/// How often a group is tried again that a race on a new stream or on a command key has torn.
const TORN_ATTEMPTS: u32 = 3;

/// Not those of sqlx: one that is given up as it begins would roll back all of the transaction without a word.
const SAVEPOINT: &str = "savepoint annals_append";
const RELEASE: &str = "release savepoint annals_append";
const ROLL_BACK: &str = "rollback to savepoint annals_append; release savepoint annals_append";

/// How many groups are tried alone at the same time.
const ALONE: usize = 4;

impl Postgres {
    /// Appends groups that have no stream in common, in one statement. Each has its own answer, in order.
    ///
    /// This statement passes over a stream that another transaction holds, and hardly waits for one that another
    /// transaction is making: who does so may be waiting for an append that is part of the same statement, which no database
    /// can see. Such a group is tried again alone.
    pub(crate) async fn append(&self, groups: &[Group]) -> Vec<Result<Receipt, Error>> {
        if let [group] = groups {
            return vec![self.append_alone(group).await];
        }
        let verdicts = match self.append_in_haste(groups).await {
            Ok(verdicts) => verdicts,
            Err(Failure::Other(error)) if error.concerns_every_append() => {
                return groups.iter().map(|_| Err(error.again())).collect();
            }
            // What went wrong with one group must not reach the others.
            Err(_) => groups.iter().map(|_| Verdict::Busy).collect(),
        };
        let settled = groups.iter().zip(verdicts);
        let settled: Vec<_> = settled
            .map(|(group, verdict)| self.settle(group, verdict).boxed())
            .collect();
        // Side by side, so that those that have to wait hold up few others.
        futures_util::stream::iter(settled)
            .buffered(ALONE)
            .collect()
            .await
    }

    async fn append_in_haste(&self, groups: &[Group]) -> Result<Vec<Verdict>, Failure> {
        let mut connection = self.connection().await?;
        let verdicts = if groups.iter().all(|group| plain(group).is_some()) {
            plain::many(&mut connection, &self.sql.append_plain, groups).await?
        } else {
            run(&mut connection, &self.sql.append_in_haste, groups).await?
        };
        self.reach.kept.put(connection);
        Ok(verdicts)
    }

    /// A connection on which each statement is a transaction of its own.
    async fn connection(&self) -> Result<PoolConnection<Db>, Failure> {
        let connection = self.reach.kept_or_acquire("append").await;
        connection.map_err(Failure::Other)
    }

    async fn settle(&self, group: &Group, verdict: Verdict) -> Result<Receipt, Error> {
        match verdict {
            Verdict::Stored(receipt) => Ok(receipt),
            Verdict::Lost(loss) => self.explain_alone(group, loss).await,
            Verdict::Busy => self.append_alone(group).await,
        }
    }

    async fn append_alone(&self, group: &Group) -> Result<Receipt, Error> {
        let mut attempt = 1;
        loop {
            match self.try_alone(group).await {
                Ok(Some(Verdict::Stored(receipt))) => return Ok(receipt),
                Ok(Some(Verdict::Lost(loss))) => {
                    return self.explain_alone(group, loss).await;
                }
                Ok(Some(Verdict::Busy) | None) | Err(Failure::Torn) if attempt < TORN_ATTEMPTS => {
                    attempt += 1;
                }
                Ok(Some(Verdict::Busy) | None) | Err(Failure::Torn) => return Err(raced(group)),
                Err(Failure::Locked) => return Err(busy(group)),
                Err(Failure::Other(error)) => return Err(error),
            }
        }
    }

    async fn try_alone(&self, group: &Group) -> Result<Option<Verdict>, Failure> {
        let mut connection = self.connection().await?;
        let verdict = match plain::one(&mut connection, &self.sql.append_plain, group).await? {
            Some(receipt) => Some(Verdict::Stored(receipt)),
            None => {
                let sql = &self.sql.append;
                run(&mut connection, sql, std::slice::from_ref(group))
                    .await?
                    .pop()
            }
        };
        self.reach.kept.put(connection);
        Ok(verdict)
    }

    /// Appends a group in a transaction of the caller's, which goes on whatever the answer is.
    pub(crate) async fn append_in(
        &self,
        connection: &mut PgConnection,
        group: &Group,
    ) -> Result<Receipt, Error> {
        let mut attempt = 1;
        loop {
            // A statement that fails would end the caller's transaction.
            raw(connection, SAVEPOINT, "begin a savepoint").await?;
            sqlx::query(settings::TRANSACTION)
                .bind(settings::milliseconds(self.lock_timeout))
                .execute(&mut *connection)
                .await
                .map_err(during("prepare the transaction"))?;
            match run(connection, &self.sql.append, std::slice::from_ref(group)).await {
                Ok(mut verdicts) => {
                    raw(connection, RELEASE, "release a savepoint").await?;
                    match verdicts.pop() {
                        Some(Verdict::Stored(receipt)) => return Ok(receipt),
                        Some(Verdict::Lost(loss)) => {
                            return self.explain(connection, group, loss).await;
                        }
                        Some(Verdict::Busy) | None => {}
                    }
                }
                Err(failure) => {
                    raw(connection, ROLL_BACK, "roll back to a savepoint").await?;
                    match failure {
                        Failure::Torn => {}
                        Failure::Locked => return Err(busy(group)),
                        Failure::Other(error) => return Err(error),
                    }
                }
            }
            if attempt == TORN_ATTEMPTS {
                return Err(raced(group));
            }
            attempt += 1;
        }
    }

    async fn explain_alone(&self, group: &Group, loss: Loss) -> Result<Receipt, Error> {
        let mut connection = self.acquire("look for a repeated append").await?;
        self.explain(&mut connection, group, loss).await
    }

    /// A group that lost is a success where it is the repetition of one that won.
    async fn explain(
        &self,
        connection: &mut PgConnection,
        group: &Group,
        loss: Loss,
    ) -> Result<Receipt, Error> {
        if loss.is_version
            && let Some(receipt) = self.repeated(connection, group).await?
        {
            return Ok(receipt);
        }
        Err(loss.error(group))
    }
}

async fn raw(
    connection: &mut PgConnection,
    sql: &'static str,
    doing: &'static str,
) -> Result<(), Error> {
    let done = sqlx::raw_sql(sql).execute(connection).await;
    done.map(|_| ()).map_err(during(doing))
}
