//! Appends groups, many in one transaction.

use chrono::{DateTime, Utc};
use sqlx::{Connection, Row as _, SqliteConnection};

use super::{Sqlite, during, time};
use crate::append::{Appended, CommandKey, Expected, Group, Head, Receipt, Row};
use crate::error::Error;
use crate::stream::{Position, StreamId, Version};

const APPEND: &str = "append";

impl Sqlite {
    /// Appends groups in one transaction. Each has its own answer, in order.
    pub(crate) async fn append(&self, groups: &[Group]) -> Vec<Result<Receipt, Error>> {
        if groups.len() > 1 {
            match self.append_together(groups).await {
                Ok(answers) => return answers,
                Err(error) if error.concerns_every_append() => {
                    return groups.iter().map(|_| Err(error.again())).collect();
                }
                Err(_) => {}
            }
        }
        // What went wrong with one group must not reach the others.
        let mut answers = Vec::with_capacity(groups.len());
        for group in groups {
            let answer = self.append_together(std::slice::from_ref(group)).await;
            answers.extend(answer.unwrap_or_else(|error| vec![Err(error)]));
        }
        answers
    }

    async fn append_together(
        &self,
        groups: &[Group],
    ) -> Result<Vec<Result<Receipt, Error>>, Error> {
        let mut transaction = self
            .writer
            .begin_with("begin immediate")
            .await
            .map_err(during(APPEND))?;
        let mut answers = Vec::with_capacity(groups.len());
        for group in groups {
            answers.push(self.judge_and_write(&mut transaction, group).await?);
        }
        transaction.commit().await.map_err(during(APPEND))?;
        Ok(answers)
    }

    /// Appends a group in a transaction of the caller's, which goes on whatever the answer is.
    pub(crate) async fn append_in(
        &self,
        connection: &mut SqliteConnection,
        group: &Group,
    ) -> Result<Receipt, Error> {
        let mut savepoint = connection.begin().await.map_err(during(APPEND))?;
        let answer = self.judge_and_write(&mut savepoint, group).await?;
        savepoint.commit().await.map_err(during(APPEND))?;
        answer
    }

    /// The outer error is that of the whole transaction, the inner one that of this group, of which nothing was written.
    async fn judge_and_write(
        &self,
        connection: &mut SqliteConnection,
        group: &Group,
    ) -> Result<Result<Receipt, Error>, Error> {
        let mut found = Vec::with_capacity(group.heads.len());
        for head in &group.heads {
            let standing = find(connection, &group.tenant, head).await?;
            if let Err(error) = judge(head, &standing) {
                if error.is_conflict()
                    && let Some(receipt) = self.repeated(connection, group).await?
                {
                    return Ok(Ok(receipt));
                }
                return Ok(Err(error));
            }
            found.push(standing);
        }
        if let Some((stream, key)) = self.first_taken_key(connection, group).await? {
            return Ok(Err(Error::key_taken(stream, key)));
        }
        let mut streams = Vec::with_capacity(group.heads.len());
        for (head, standing) in group.heads.iter().zip(found) {
            streams.push(
                self.write(connection, &group.tenant, head, &standing)
                    .await?,
            );
        }
        Ok(Ok(Receipt {
            streams,
            repeated: false,
        }))
    }

    async fn first_taken_key<'g>(
        &self,
        connection: &mut SqliteConnection,
        group: &'g Group,
    ) -> Result<Option<(&'g StreamId, &'g str)>, Error> {
        for head in &group.heads {
            for CommandKey { key, .. } in &head.keys {
                let stream = &head.stream;
                let standing =
                    super::commands::find(connection, &group.tenant, stream, key).await?;
                if standing.is_some() {
                    return Ok(Some((stream, key)));
                }
            }
        }
        Ok(None)
    }

    async fn write(
        &self,
        connection: &mut SqliteConnection,
        tenant: &str,
        head: &Head,
        standing: &Standing,
    ) -> Result<Appended, Error> {
        let Some(version) = standing
            .version
            .checked_add_unsigned(head.rows.len() as u64)
        else {
            let what = format!("its row says that it has {}", standing.version);
            return Err(Error::corrupt(&head.stream, what));
        };
        if head.rows.is_empty() {
            return Ok(appended(head, version, Vec::new(), None));
        }
        let now = self.clock.now();
        let recorded_at = standing.recorded_at.map_or(now, |last| last.max(now));
        let stamp = time::write(recorded_at);
        sqlx::query(
            "insert into annals_streams (tenant, stream, aggregate, version, recorded_at) values (?, ?, ?, ?, ?)
             on conflict do update set version = excluded.version, recorded_at = excluded.recorded_at",
        )
        .bind(tenant)
        .bind(head.stream.as_str())
        .bind(head.stream.category())
        .bind(version)
        .bind(&stamp)
        .execute(&mut *connection)
        .await
        .map_err(during(APPEND))?;
        let mut positions = Vec::with_capacity(head.rows.len());
        for (row, version) in head.rows.iter().zip(standing.version + 1..=version) {
            positions.push(insert(connection, tenant, head, version, row, &stamp).await?);
        }
        for CommandKey { key, after, events } in &head.keys {
            let before = standing.version + Version::new(*after as u64).to_i64();
            sqlx::query(
                "insert into annals_commands (tenant, stream, key, first_version, last_version, recorded_at)
                 values (?, ?, ?, ?, ?, ?)",
            )
            .bind(tenant)
            .bind(head.stream.as_str())
            .bind(key)
            .bind(before + 1)
            .bind(before + Version::new(*events as u64).to_i64())
            .bind(&stamp)
            .execute(&mut *connection)
            .await
            .map_err(during(APPEND))?;
        }
        Ok(appended(head, version, positions, time::read(&stamp).ok()))
    }
}

/// A stream as it was found.
#[derive(Default)]
struct Standing {
    /// 0 where it does not exist.
    version: i64,
    aggregate: Option<String>,
    recorded_at: Option<DateTime<Utc>>,
    archived: bool,
}

async fn find(
    connection: &mut SqliteConnection,
    tenant: &str,
    head: &Head,
) -> Result<Standing, Error> {
    let during = during(APPEND);
    let row = sqlx::query(
        "select version, aggregate, recorded_at, archived from annals_streams where tenant = ? and stream = ?",
    )
    .bind(tenant)
    .bind(head.stream.as_str())
    .fetch_optional(connection)
    .await
    .map_err(&during)?;
    let Some(row) = row else {
        return Ok(Standing::default());
    };
    Ok(Standing {
        version: row.try_get(0).map_err(&during)?,
        aggregate: row.try_get(1).map_err(&during)?,
        recorded_at: Some(time::read(row.try_get(2).map_err(&during)?).map_err(&during)?),
        archived: row.try_get(3).map_err(&during)?,
    })
}

fn judge(head: &Head, standing: &Standing) -> Result<(), Error> {
    let stream = &head.stream;
    if let Some(aggregate) = standing
        .aggregate
        .as_deref()
        .filter(|&aggregate| aggregate != stream.category())
    {
        return Err(Error::other_aggregate(stream, aggregate));
    }
    if standing.archived {
        return Err(Error::archived(stream));
    }
    let is_as_expected = match head.expected {
        Expected::Exact(version) => standing.version == version.to_i64(),
        Expected::NoStream => standing.version == 0,
        Expected::Exists => standing.version > 0,
        Expected::Any => true,
    };
    let is_seen = head.seen.is_none() || head.seen == standing.recorded_at;
    if is_as_expected && is_seen {
        return Ok(());
    }
    Err(Error::conflicting(
        stream,
        head.expected,
        Version::new(standing.version.unsigned_abs()),
    ))
}

async fn insert(
    connection: &mut SqliteConnection,
    tenant: &str,
    head: &Head,
    version: i64,
    row: &Row,
    recorded_at: &str,
) -> Result<Position, Error> {
    let inserted = sqlx::query(
        "insert into annals_events (tenant, stream, version, event_id, event_type, schema_version, payload, metadata,
                                    correlation, recorded_at, occurred_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(tenant)
    .bind(head.stream.as_str())
    .bind(version)
    .bind(row.event_id.to_string())
    .bind(&*row.event_type)
    .bind(row.schema_version)
    .bind(&row.payload)
    .bind(&row.metadata)
    .bind(&row.correlation)
    .bind(recorded_at)
    .bind(row.occurred_at.map_or_else(|| recorded_at.to_owned(), time::write))
    .execute(connection)
    .await
    .map_err(|error| match error.as_database_error() {
        Some(database) if database.is_unique_violation() => {
            Error::corrupt(&head.stream, "it holds events beyond the version of its row in `annals_streams`")
                .with_source(error)
        }
        _ => during(APPEND)(error),
    })?;
    Ok(Position::new(inserted.last_insert_rowid().unsigned_abs()))
}

fn appended(
    head: &Head,
    version: i64,
    positions: Vec<Position>,
    recorded_at: Option<DateTime<Utc>>,
) -> Appended {
    Appended {
        stream: head.stream.clone(),
        version: Version::new(version.unsigned_abs()),
        positions,
        recorded_at,
    }
}
