//! Appends: to one stream and to several, again after an error, and in transactions of the caller's.

use std::time::Duration;

use annals::{Append, Expected, NewEvent, Receipt, StreamId, Version};
use uuid::Uuid;

use super::Shared;
use super::client::{Memory, failed, id_of, refused, stored};
use crate::domain::{Moved, MovedV1, Paid, mark_of};
use crate::history::{Answer, Expects, Wanted};
use crate::plant::{self, Plant};
use crate::random::digest;

/// How often to try, where nobody knows what became of the last time.
const ATTEMPTS: u32 = 6;

pub(super) async fn append(
    shared: &Shared,
    mark: &str,
    to: &[Wanted],
    in_tx: Option<bool>,
    again: bool,
    memory: &mut Memory,
) -> Answer {
    if let Some(plant) = shared.settings.plant
        && let Some(answer) = plant::instead_of_append(plant, shared, mark, to).await
    {
        return answer;
    }
    if let Some(commits) = in_tx {
        return match in_a_transaction(shared, mark, to, commits).await {
            Ok(answer) => answer,
            Err(error) => failed(&error),
        };
    }
    // Without such a stream a second try would be a second append.
    let is_idempotent = to
        .iter()
        .any(|wanted| matches!(wanted.expects, Expects::Exact(_)));
    let mut attempt = 1;
    let mut answer = loop {
        let answer = once(shared, mark, to, memory).await;
        let is_known = !matches!(answer, Answer::Unknown { .. });
        if is_known || !is_idempotent || attempt == ATTEMPTS {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(30 * u64::from(attempt))).await;
        attempt += 1;
    };
    if again
        && is_idempotent
        && let Answer::Stored { again, .. } = &mut answer
    {
        *again = Some(Box::new(once(shared, mark, to, memory).await));
    }
    answer
}

async fn once(shared: &Shared, mark: &str, to: &[Wanted], memory: &mut Memory) -> Answer {
    match shared
        .store
        .append(wanted(shared.settings.release, mark, to, 0))
        .await
    {
        Ok(receipt) => {
            let answer = stored(&receipt);
            memory.receipt = Some(receipt);
            answer
        }
        Err(error) => failed(&error),
    }
}

/// Together with a row of the caller's own table.
async fn in_a_transaction(
    shared: &Shared,
    mark: &str,
    to: &[Wanted],
    commits: bool,
) -> Result<Answer, annals::Error> {
    let mut tx = shared.store.begin().await?;
    let receipt: Receipt = match shared
        .store
        .append_in(&mut tx, wanted(shared.settings.release, mark, to, 0))
        .await
    {
        Ok(receipt) => receipt,
        // Nothing can have become of it: it was not committed.
        Err(error) => return Ok(refused(&format!("{:?}: {error}", error.kind()))),
    };
    let row = sqlx::AssertSqlSafe(format!("insert into prove_rows (mark) values ('{mark}')"));
    let row = sqlx::raw_sql(row);
    let inserted = if let Some(connection) = tx.as_postgres() {
        row.execute(connection).await.map(|_| ())
    } else if let Some(connection) = tx.as_sqlite() {
        row.execute(connection).await.map(|_| ())
    } else {
        Ok(())
    };
    if let Err(error) = inserted {
        return Ok(refused(&format!("its own row: {error}")));
    }
    if !commits {
        let _ = tx.rollback().await;
        return Ok(refused("rolled back"));
    }
    if shared.has(Plant::AcknowledgedEarly)
        && !plant::acknowledged_early(shared, mark, stored(&receipt)).await
    {
        return Ok(stored(&receipt));
    }
    tx.commit().await?;
    Ok(stored(&receipt))
}

/// One append, whose events are counted from a number: for the bugs that are planted.
pub(crate) async fn append_once(
    shared: &Shared,
    mark: &str,
    to: &[Wanted],
    number: usize,
) -> Answer {
    match shared
        .store
        .append(wanted(shared.settings.release, mark, to, number))
        .await
    {
        Ok(receipt) => stored(&receipt),
        Err(error) => failed(&error),
    }
}

/// The append of a call.
fn wanted(release: u32, mark: &str, to: &[Wanted], mut number: usize) -> Append {
    let mut append: Option<Append> = None;
    for wanted in to {
        let stream = stream_of(&wanted.stream);
        let events: Vec<NewEvent> = wanted
            .amounts
            .iter()
            .map(|&amount| {
                let event = event(release, &wanted.stream, mark_of(mark, number), amount);
                number += 1;
                event
            })
            .collect();
        let expected = match wanted.expects {
            Expects::Any => Expected::Any,
            Expects::Exists => Expected::Exists,
            Expects::Exact(version) => Expected::Exact(Version::new(version.unsigned_abs())),
        };
        append = Some(match append {
            None => Append::to(&stream, expected, events),
            Some(append) => append.and(&stream, expected, events),
        });
    }
    append.unwrap_or_else(|| Append::to(&StreamId::new("till", "none"), Expected::Any, []))
}

/// An event as a release stores it. Its id follows from its mark, so that it is the same whenever it is sent.
fn event(release: u32, stream: &str, mark: String, amount: i64) -> NewEvent {
    let (one, other) = (digest(1, mark.as_bytes()), digest(2, mark.as_bytes()));
    let id = Uuid::from_u64_pair(one.cast_unsigned(), other.cast_unsigned());
    let length = if one % 16 == 0 { 6000 } else { 0 };
    let padding = "x".repeat(length);
    let event = if stream.starts_with("purse-") {
        NewEvent::of(&Paid {
            mark,
            amount,
            seen: None,
        })
    } else if release == 1 {
        NewEvent::of(&MovedV1 {
            mark,
            amount,
            padding,
        })
    } else {
        NewEvent::of(&Moved {
            mark,
            hundredths: amount * 100,
            padding,
        })
    };
    event.id(id)
}

pub(super) fn stream_of(stream: &str) -> StreamId {
    let category = stream
        .split_once('-')
        .map_or(stream, |(category, _)| category);
    StreamId::new(category, id_of(stream))
}
