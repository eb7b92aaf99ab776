//! Appends groups, many in one statement.

mod failure;
mod repeated;
mod run;
mod sql;
mod verdict;

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use failure::{Failure, busy, raced};
use run::run;
use verdict::{Loss, Verdict};

pub(super) use repeated::REPEATED;
pub(super) use sql::append as sql;

use super::{Postgres, durability, during};
use crate::append::{Group, Receipt};
use crate::error::{Error, ErrorKind};

/// How often a group is tried again that a race on a new stream or on a command key has torn.
const TORN_ATTEMPTS: u32 = 3;

impl Postgres {
    /// Appends groups of one tenant that have no stream in common, in one statement. Each has its own answer, in order.
    ///
    /// Nobody waits in this statement for a stream that another transaction holds: who holds it may be waiting for an
    /// append that is part of the same statement, which no database can see. Such a group is tried again alone.
    pub(crate) async fn append(
        &self,
        tenant: &str,
        groups: &[Group],
    ) -> Vec<Result<Receipt, Error>> {
        if let [group] = groups {
            return vec![self.append_alone(tenant, group).await];
        }
        let together = async {
            let mut connection = self.acquire("append").await.map_err(Failure::Other)?;
            run(
                &mut connection,
                &self.sql.append_without_waiting,
                tenant,
                groups,
            )
            .await
        };
        match together.await {
            Ok(verdicts) => {
                let mut answers = Vec::with_capacity(groups.len());
                for (group, verdict) in groups.iter().zip(verdicts) {
                    answers.push(match verdict {
                        Verdict::Stored(receipt) => Ok(receipt),
                        Verdict::Lost(loss) => self.explain(tenant, group, loss).await,
                        Verdict::Busy => self.append_alone(tenant, group).await,
                    });
                }
                answers
            }
            // What was lost may be stored: only its callers know whether they may repeat it.
            Err(Failure::Other(error)) if error.kind() == ErrorKind::Unreachable => {
                groups.iter().map(|_| Err(error.again())).collect()
            }
            // What went wrong with one group must not reach the others.
            Err(_) => {
                let mut answers = Vec::with_capacity(groups.len());
                for group in groups {
                    answers.push(self.append_alone(tenant, group).await);
                }
                answers
            }
        }
    }

    async fn append_alone(&self, tenant: &str, group: &Group) -> Result<Receipt, Error> {
        let mut attempt = 1;
        loop {
            let tried = async {
                let mut connection = self.acquire("append").await.map_err(Failure::Other)?;
                run(
                    &mut connection,
                    &self.sql.append,
                    tenant,
                    std::slice::from_ref(group),
                )
                .await
            };
            match tried.await.map(|mut verdicts| verdicts.pop()) {
                Ok(Some(Verdict::Stored(receipt))) => return Ok(receipt),
                Ok(Some(Verdict::Lost(loss))) => return self.explain(tenant, group, loss).await,
                Ok(Some(Verdict::Busy) | None) | Err(Failure::Torn) if attempt < TORN_ATTEMPTS => {
                    attempt += 1;
                }
                Ok(Some(Verdict::Busy) | None) | Err(Failure::Torn) => return Err(raced(group)),
                Err(Failure::Locked) => return Err(busy(group)),
                Err(Failure::Other(error)) => return Err(error),
            }
        }
    }

    /// Appends a group in a transaction of the caller's, which goes on whatever the answer is.
    pub(crate) async fn append_in(
        &self,
        connection: &mut PgConnection,
        tenant: &str,
        group: &Group,
    ) -> Result<Receipt, Error> {
        let mut attempt = 1;
        loop {
            // A statement that fails would end the caller's transaction.
            let mut savepoint = connection
                .begin()
                .await
                .map_err(during("begin a savepoint"))?;
            sqlx::query(durability::TRANSACTION)
                .execute(&mut *savepoint)
                .await
                .map_err(during("make the transaction durable"))?;
            match run(
                &mut savepoint,
                &self.sql.append,
                tenant,
                std::slice::from_ref(group),
            )
            .await
            {
                Ok(mut verdicts) => {
                    savepoint
                        .commit()
                        .await
                        .map_err(during("release a savepoint"))?;
                    match verdicts.pop() {
                        Some(Verdict::Stored(receipt)) => return Ok(receipt),
                        Some(Verdict::Lost(loss)) => {
                            return match self.repeated(connection, tenant, group).await? {
                                Some(receipt) => Ok(receipt),
                                None => Err(loss.error(group)),
                            };
                        }
                        Some(Verdict::Busy) | None => {}
                    }
                }
                Err(failure) => {
                    savepoint
                        .rollback()
                        .await
                        .map_err(during("roll back to a savepoint"))?;
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

    /// A group that lost is a success where it is the repetition of one that won.
    async fn explain(&self, tenant: &str, group: &Group, loss: Loss) -> Result<Receipt, Error> {
        if loss.is_version {
            let mut connection = self.acquire("look for a repeated append").await?;
            if let Some(receipt) = self.repeated(&mut connection, tenant, group).await? {
                return Ok(receipt);
            }
        }
        Err(loss.error(group))
    }
}
