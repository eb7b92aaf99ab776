//! What the rows that the statement answers say of each group.

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::sql::expected;
use crate::append::{Appended, Group, Head, Receipt};
use crate::error::Error;
use crate::store::postgres::event_row::time_named;
use crate::stream::{Position, Version};

/// What became of one group in a statement that went through.
pub(super) enum Verdict {
    Stored(Receipt),
    Lost(Loss),
    /// Another transaction holds one of its streams.
    Busy,
}

/// Which head of a group was not as expected.
pub(super) struct Loss {
    head: usize,
    found: i64,
    found_aggregate: Option<String>,
    /// Its stream belongs to another aggregate.
    is_other: bool,
    pub(super) is_version: bool,
    archived: bool,
    is_taken: bool,
}

impl Loss {
    pub(super) fn error(self, group: &Group) -> Error {
        let head = &group.heads[self.head];
        let stream = &head.stream;
        if let Some(aggregate) = self.found_aggregate.filter(|_| self.is_other) {
            return Error::other_aggregate(stream, &aggregate);
        }
        if self.archived {
            return Error::archived(stream);
        }
        if let Some(key) = head
            .keys
            .first()
            .filter(|_| self.is_taken && !self.is_version)
        {
            return Error::key_taken(stream, &key.key);
        }
        let found = Version::new(u64::try_from(self.found).unwrap_or_default());
        Error::conflicting(stream, head.expected, found)
    }
}

pub(super) fn verdict<'r>(
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
        // Also where the rows do not say why the group did not win.
        None if is_busy || streams.len() < group.heads.len() => Verdict::Busy,
        None => Verdict::Stored(Receipt {
            streams,
            repeated: false,
        }),
    })
}

fn appended(head: &Head, found: i64, row: &PgRow) -> Result<Appended, sqlx::Error> {
    let positions: Vec<i64> = row.try_get("positions")?;
    let recorded_at = time_named(row, "recorded_at")?;
    Ok(Appended {
        // A guard records nothing.
        recorded_at: recorded_at.filter(|_| !positions.is_empty()),
        stream: head.stream.clone(),
        version: Version::new(found.unsigned_abs() + positions.len() as u64),
        positions: positions
            .into_iter()
            .map(|position| Position::new(position.unsigned_abs()))
            .collect(),
    })
}

/// Whether this head is one for which its group lost.
fn loss(at: usize, head: &Head, found: i64, row: &PgRow) -> Result<Option<Loss>, sqlx::Error> {
    let archived: bool = row.try_get("archived")?;
    let found_aggregate: Option<String> = row.try_get("found_aggregate")?;
    let is_version = row.try_get("is_other")?
        || match expected(head.expected) {
            -1 => false,
            -2 => found == 0,
            version => version != found,
        };
    let is_taken: bool = row.try_get("taken")?;
    let is_other = found_aggregate
        .as_deref()
        .is_some_and(|aggregate| found > 0 && aggregate != head.stream.category());
    let is_busy: bool = row.try_get("busy")?;
    Ok(
        (!is_busy && (archived || is_other || is_version || is_taken)).then_some(Loss {
            head: at,
            found,
            found_aggregate,
            is_other,
            is_version: is_version && !archived && !is_other,
            archived,
            is_taken,
        }),
    )
}
