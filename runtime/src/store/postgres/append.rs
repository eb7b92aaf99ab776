//! Appends groups, many in one statement.

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, Postgres as Db, Row as _};
use uuid::Uuid;

use super::{Postgres, Text, during, errors, statement};
use crate::append::{Appended, Expected, Group, Head, Receipt};
use crate::error::{Error, ErrorKind};
use crate::stream::{Position, Version};

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
                    attempt += 1
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
            sqlx::query(errors::DURABLE_HERE)
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

/// What became of one group in a statement that went through.
enum Verdict {
    Stored(Receipt),
    Lost(Loss),
    /// Another transaction holds one of its streams.
    Busy,
}

/// Which head of a group was not as expected.
struct Loss {
    head: usize,
    found: i64,
    found_aggregate: Option<String>,
    is_version: bool,
    archived: bool,
}

impl Loss {
    fn error(self, group: &Group) -> Error {
        let head = &group.heads[self.head];
        let stream = &head.stream;
        if let Some(aggregate) = self
            .found_aggregate
            .filter(|aggregate| aggregate != stream.category())
        {
            return Error::other_aggregate(stream, &aggregate);
        }
        if self.archived {
            return Error::archived(stream);
        }
        let found = Version::new(u64::try_from(self.found).unwrap_or_default());
        Error::conflicting(stream, head.expected, found)
    }
}

/// Why a statement did not go through.
pub(super) enum Failure {
    /// A stream or a command key appeared while it ran.
    Torn,
    /// A lock was held by another transaction for too long, or each waited for the other.
    Locked,
    Other(Error),
}

fn busy(group: &Group) -> Error {
    let streams = Streams(group);
    Error::new(
        ErrorKind::Busy,
        format!("another transaction holds {streams} for too long"),
    )
    .with_hint(
        "keep transactions short; append in your own transaction with `append_in`, not beside it",
    )
}

fn raced(group: &Group) -> Error {
    let Some(head) = group.heads.first() else {
        return busy(group);
    };
    Error::conflicting(
        &head.stream,
        format!("{}, and its command to be new", head.expected),
        Version::default(),
    )
}

struct Streams<'a>(&'a Group);

impl std::fmt::Display for Streams<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, head) in self.0.heads.iter().enumerate() {
            let separator = if i == 0 { "stream" } else { " or stream" };
            write!(f, "{separator} `{}`", head.stream)?;
        }
        Ok(())
    }
}

async fn run(
    connection: &mut PgConnection,
    sql: &Text,
    tenant: &str,
    groups: &[Group],
) -> Result<Vec<Verdict>, Failure> {
    let query = bind_events(
        bind_heads(sqlx::query(statement(sql)), tenant, groups),
        groups,
    );
    let rows = query
        .fetch_all(connection)
        .await
        .map_err(|error| errors::append(error, groups))?;
    let mut rows = rows.iter();
    groups
        .iter()
        .map(|group| {
            verdict(group, &mut rows).map_err(|error| Failure::Other(during("append")(error)))
        })
        .collect()
}

type Bound<'q> = Query<'q, Db, PgArguments>;

fn bind_heads<'q>(query: Bound<'q>, tenant: &str, groups: &[Group]) -> Bound<'q> {
    let heads = || {
        groups
            .iter()
            .enumerate()
            .flat_map(|(at, group)| group.heads.iter().map(move |head| (at, head)))
    };
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    query
        .bind(heads().map(|(group, _)| number(group)).collect::<Vec<_>>())
        .bind(heads().map(|_| tenant.to_owned()).collect::<Vec<_>>())
        .bind(
            heads()
                .map(|(_, head)| head.stream.as_str().to_owned())
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| head.stream.category().to_owned())
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| expected(head.expected))
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| number(head.rows.len()))
                .collect::<Vec<_>>(),
        )
        .bind(
            heads()
                .map(|(_, head)| head.key.clone())
                .collect::<Vec<_>>(),
        )
}

fn bind_events<'q>(query: Bound<'q>, groups: &[Group]) -> Bound<'q> {
    let events = || {
        let heads = groups.iter().flat_map(|group| &group.heads).zip(1_i64..);
        heads.flat_map(|(head, ordinal): (&Head, i64)| {
            head.rows.iter().zip(1_i64..).map(move |row| (ordinal, row))
        })
    };
    query
        .bind(events().map(|(head, _)| head).collect::<Vec<_>>())
        .bind(events().map(|(_, (_, nth))| nth).collect::<Vec<_>>())
        .bind(
            events()
                .map(|(_, (row, _))| row.event_id)
                .collect::<Vec<Uuid>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.event_type)
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| i32::try_from(row.schema_version).unwrap_or(i32::MAX))
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.payload.clone())
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.metadata.clone())
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.correlation.clone())
                .collect::<Vec<_>>(),
        )
        .bind(
            events()
                .map(|(_, (row, _))| row.occurred_at)
                .collect::<Vec<_>>(),
        )
}

fn expected(expected: Expected) -> i64 {
    match expected {
        Expected::Exact(version) => i64::try_from(version.get()).unwrap_or(i64::MAX),
        Expected::NoStream => 0,
        Expected::Any => -1,
        Expected::Exists => -2,
    }
}

fn verdict<'r>(
    group: &Group,
    rows: &mut impl Iterator<Item = &'r PgRow>,
) -> Result<Verdict, sqlx::Error> {
    let mut streams = Vec::with_capacity(group.heads.len());
    let mut lost = None;
    let mut is_busy = false;
    for (at, (head, row)) in group.heads.iter().zip(rows).enumerate() {
        let found: i64 = row.try_get("found")?;
        is_busy |= row.try_get::<bool, _>("busy")?;
        if row.try_get::<bool, _>("won")? {
            streams.push(appended(head, found, row)?);
        } else if lost.is_none() {
            lost = loss(at, head, found, row)?;
        }
    }
    Ok(match lost {
        Some(loss) => Verdict::Lost(loss),
        None if is_busy => Verdict::Busy,
        None => Verdict::Stored(Receipt {
            streams,
            repeated: false,
        }),
    })
}

fn appended(head: &Head, found: i64, row: &PgRow) -> Result<Appended, sqlx::Error> {
    let positions: Vec<i64> = row.try_get("positions")?;
    let recorded_at: Option<DateTime<Utc>> = row.try_get("recorded_at")?;
    Ok(Appended {
        stream: head.stream.clone(),
        version: Version::new(found.unsigned_abs() + positions.len() as u64),
        positions: positions
            .into_iter()
            .map(|position| Position::new(position.unsigned_abs()))
            .collect(),
        recorded_at,
    })
}

/// Whether this head is one for which its group lost.
fn loss(at: usize, head: &Head, found: i64, row: &PgRow) -> Result<Option<Loss>, sqlx::Error> {
    let archived: bool = row.try_get("archived")?;
    let found_aggregate: Option<String> = row.try_get("found_aggregate")?;
    let is_version = match expected(head.expected) {
        -1 => false,
        -2 => found == 0,
        version => version != found,
    };
    let is_other = found_aggregate
        .as_deref()
        .is_some_and(|aggregate| aggregate != head.stream.category());
    let is_busy: bool = row.try_get("busy")?;
    Ok(
        (!is_busy && (archived || is_other || is_version)).then_some(Loss {
            head: at,
            found,
            found_aggregate,
            is_version: is_version && !archived && !is_other,
            archived,
        }),
    )
}
