//! Events that were recorded elsewhere, and what a store makes of them: the same in both databases.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::row::StoredEvent;
use crate::append::Row;
use crate::error::{Error, ErrorKind};
use crate::json::canonical;
use crate::stream::{StreamId, Version};

/// An event as it was recorded elsewhere, fit for the tables. It gets a new position, and nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Copied {
    pub(crate) stream: StreamId,
    pub(crate) version: Version,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) row: Row,
}

impl Copied {
    pub(crate) fn occurred_at(&self) -> DateTime<Utc> {
        self.row.occurred_at.unwrap_or(self.recorded_at)
    }
}

/// Why events were not copied, and which of them is the reason, where it is one.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) at: Option<usize>,
    pub(crate) error: Error,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused { at: None, error }
    }
}

/// The row of a stream as it was found.
pub(crate) struct Found {
    pub(crate) aggregate: String,
    pub(crate) version: i64,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) archived: bool,
}

/// What to do with some events, by their places among them.
pub(crate) struct Plan<'c> {
    /// The streams that get events, by name: the order in which they are locked.
    pub(crate) moves: Vec<Move<'c>>,
    /// What must stand already.
    pub(crate) standing: Vec<usize>,
    /// What is to be stored, in this order.
    pub(crate) fresh: Vec<usize>,
    /// Why it is not to be stored, which is to be said only where all that must stand does: a stream that goes on
    /// differently does not fit in other ways either.
    pub(crate) refused: Option<Refused>,
}

/// What becomes of the row of a stream.
pub(crate) struct Move<'c> {
    pub(crate) stream: &'c StreamId,
    pub(crate) version: i64,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) is_new: bool,
}

struct Head<'c> {
    stream: &'c StreamId,
    is_new: bool,
    /// The version at which it was found.
    found: i64,
    version: i64,
    recorded_at: Option<DateTime<Utc>>,
}

/// Tells what stands already from what is to be stored.
pub(crate) fn plan<'c>(copied: &'c [Copied], found: &HashMap<String, Found>) -> Plan<'c> {
    let mut heads: BTreeMap<&str, Head<'c>> = BTreeMap::new();
    let mut ids = HashSet::with_capacity(copied.len());
    let (mut standing, mut fresh) = (Vec::new(), Vec::new());
    let mut refused = None;
    for (at, one) in copied.iter().enumerate() {
        let row = found.get(one.stream.as_str());
        let head = heads
            .entry(one.stream.as_str())
            .or_insert_with(|| Head::of(&one.stream, row));
        let is_first = ids.insert(one.row.event_id);
        match head.place(one, row, is_first) {
            Ok(Place::Standing) => standing.push(at),
            Ok(Place::Fresh) => fresh.push(at),
            Err(error) => {
                let at = Some(at);
                refused = Some(Refused { at, error });
                break;
            }
        }
    }
    Plan {
        moves: heads.into_values().filter_map(Head::into_move).collect(),
        standing,
        fresh,
        refused,
    }
}

enum Place {
    Standing,
    Fresh,
}

impl<'c> Head<'c> {
    fn of(stream: &'c StreamId, row: Option<&Found>) -> Self {
        // A row of version 0 holds the place of a stream, and was made at a time that says nothing.
        let found = row.map_or(0, |row| row.version);
        Head {
            stream,
            is_new: row.is_none(),
            found,
            version: found,
            recorded_at: row.filter(|_| found > 0).map(|row| row.recorded_at),
        }
    }

    fn place(&mut self, one: &Copied, row: Option<&Found>, is_first: bool) -> Result<Place, Error> {
        let aggregate = row
            .filter(|row| row.version > 0)
            .map_or(self.stream.category(), |row| &row.aggregate);
        if aggregate != one.stream.category() {
            return Err(Error::other_aggregate(&one.stream, aggregate));
        }
        if !is_first {
            return Err(twice(one));
        }
        if one.version.to_i64() <= self.found {
            return Ok(Place::Standing);
        }
        if row.is_some_and(|row| row.archived) {
            return Err(Error::archived(&one.stream));
        }
        self.step(one)?;
        Ok(Place::Fresh)
    }

    fn step(&mut self, one: &Copied) -> Result<(), Error> {
        let (stream, next) = (&one.stream, self.version.saturating_add(1));
        if one.version.to_i64() != next {
            let what = format!(
                "event {} of stream `{stream}` cannot follow: the stream is at version {}",
                one.version, self.version
            );
            return Err(Error::new(ErrorKind::Conflict, what)
                .with_hint(format!("give event {next} of the stream first")));
        }
        if let Some(last) = self.recorded_at.filter(|last| *last > one.recorded_at) {
            let what = format!(
                "event {next} of stream `{stream}` was recorded at {}, before the event that precedes it, at {last}",
                one.recorded_at
            );
            return Err(Error::new(ErrorKind::Unstorable, what)
                .with_hint("time never goes back within a stream: correct `recorded_at`"));
        }
        self.version = next;
        self.recorded_at = Some(one.recorded_at);
        Ok(())
    }

    fn into_move(self) -> Option<Move<'c>> {
        let recorded_at = self.recorded_at?;
        (self.version > self.found).then_some(Move {
            stream: self.stream,
            version: self.version,
            recorded_at,
            is_new: self.is_new,
        })
    }
}

fn twice(one: &Copied) -> Error {
    let Copied {
        stream,
        version,
        row,
        ..
    } = one;
    let id = row.event_id;
    let what = format!("event {version} of stream `{stream}` has the id {id} of another event");
    Error::new(ErrorKind::Unstorable, what).with_hint("give each event an id of its own")
}

/// Holds what is to be copied against the event that stands at its place.
///
/// # Errors
/// Where it is another one.
pub(crate) fn check_standing(
    copied: &[Copied],
    at: usize,
    stands: Option<&StoredEvent<'_>>,
    is_jsonb: bool,
) -> Result<(), Refused> {
    let Some(one) = copied.get(at) else {
        return Ok(());
    };
    let (stream, version) = (&one.stream, one.version);
    let error = match stands {
        None => {
            let what = format!("event {version} is missing below the version of its row");
            Error::corrupt(stream, what)
        }
        Some(stands) if stands.event_id != one.row.event_id => Error::new(
            ErrorKind::Conflict,
            format!(
                "stream `{stream}` goes on differently: its event {version} is {}, not {}",
                stands.event_id, one.row.event_id
            ),
        )
        .with_hint("copy into another store, another tenant, or under another name"),
        Some(stands) => match difference(one, stands, is_jsonb) {
            None => return Ok(()),
            Some(member) => Error::new(
                ErrorKind::Conflict,
                format!(
                    "event {version} of stream `{stream}` ({}) stands already, with another {member}",
                    stands.event_id
                ),
            )
            .with_hint("an event is never changed: give what is new an id and a version of its own"),
        },
    };
    Err(Refused {
        at: Some(at),
        error,
    })
}

/// What two records of one event do not have in common.
fn difference(one: &Copied, stands: &StoredEvent<'_>, is_jsonb: bool) -> Option<&'static str> {
    let Row {
        event_type,
        schema_version,
        payload,
        metadata,
        correlation,
        ..
    } = &one.row;
    let fact = &stands.fact;
    let said = metadata.as_deref().map(str::as_bytes);
    let is_same_payload = payload.as_bytes() == fact.payload
        || is_jsonb && canonical(payload.as_bytes()) == canonical(fact.payload);
    let pairs = [
        ("type", *event_type == fact.event_type),
        (
            "schema version",
            i64::from(*schema_version) == fact.schema_version,
        ),
        ("payload", is_same_payload),
        (
            "metadata",
            said == stands.metadata
                || said.and_then(canonical) == stands.metadata.and_then(canonical),
        ),
        ("correlation", correlation.as_deref() == stands.correlation),
        ("time of recording", one.recorded_at == stands.recorded_at),
        (
            "time of occurrence",
            one.occurred_at() == stands.occurred_at,
        ),
    ];
    pairs
        .into_iter()
        .find_map(|(member, is_same)| (!is_same).then_some(member))
}
