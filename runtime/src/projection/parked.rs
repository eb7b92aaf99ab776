//! Events that a projection could not handle, and those of the same key that wait behind them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::engine::{Engine, Page, Trouble, partition_of};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::Store;
use crate::store::projections::{Parked, ParkedPlace, PartId};
use crate::stream::Position;

/// An event that a projection could not handle, or that waits behind one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParkedEvent {
    /// The projection.
    pub projection: String,
    /// Its version.
    pub version: u32,
    /// The tenant to which the event belongs.
    pub tenant: String,
    /// The key of the row that it would have changed; of several columns, a list in JSON.
    pub key: String,
    /// The event's position.
    pub position: Position,
    /// The event's stream.
    pub stream: String,
    /// The name under which the event is stored.
    pub event_type: String,
    /// Why it could not be handled; `None` where it waits behind another of the same key.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it is parked.
    pub parked_at: DateTime<Utc>,
}

impl From<Parked> for ParkedEvent {
    fn from(parked: Parked) -> Self {
        ParkedEvent {
            projection: parked.part.projection.to_string(),
            version: parked.part.version,
            tenant: parked.tenant.to_string(),
            key: parked.key,
            position: Position::of_i64(parked.position),
            stream: parked.stream,
            event_type: parked.event_type,
            error: parked.error,
            attempts: parked.attempts,
            parked_at: parked.parked_at,
        }
    }
}

/// A parked event with what is stored of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ParkedStory {
    /// Why it is parked, and under which key.
    pub parked: ParkedEvent,
    /// The event itself; `None` where somebody removed it.
    pub event: Option<RecordedEvent>,
}

/// What became of parked events that were tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Retried {
    /// How many were handled.
    pub handled: u64,
    /// How many are parked still.
    pub parked: u64,
}

/// Parked events, of one projection or of all, those of each key in the order of their positions; at most so many.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    app: &App,
    projection: Option<&str>,
    limit: u32,
) -> Result<Vec<ParkedEvent>, Error> {
    let store = app.connect().await?;
    let parked = store.inner.backend.parked(projection, limit).await?;
    Ok(parked.into_iter().map(ParkedEvent::from).collect())
}

/// Parked events at a position, with what is stored: one for each key under which the event is parked, and for each version of
/// the projection.
///
/// # Errors
/// Where no such event is parked, or the database fails.
pub async fn show(
    app: &App,
    projection: &str,
    position: Position,
) -> Result<Vec<ParkedStory>, Error> {
    let store = app.connect().await?;
    let backend = &store.inner.backend;
    let mut stories = Vec::new();
    for parked in parked_at(&store, projection, position).await? {
        let event = backend.event_at(&parked.tenant, parked.position).await?;
        stories.push(ParkedStory {
            parked: parked.into(),
            event,
        });
    }
    Ok(stories)
}

/// Tries parked events again: of a projection or a process that the program declares, of one key or of all, each key in
/// the order of its events, in one transaction. Those that cannot be handled stay parked, with what comes after them.
///
/// # Errors
/// Where the program declares no such projection, or the database fails.
pub async fn retry(app: &App, projection: &str, key: Option<&str>) -> Result<Retried, Error> {
    let store = app.connect_for_migration().await?;
    retry_those(&store, projection, |one| {
        key.is_none_or(|key| one.key == key)
    })
    .await
}

/// As [`retry`], for those keys of which one event is meant.
pub(crate) async fn retry_those(
    store: &Store,
    projection: &str,
    is_meant: impl Fn(&Parked) -> bool,
) -> Result<Retried, Error> {
    let engine = declared(store, projection)?;
    let version = engine.definition().version;
    let backend = &store.inner.backend;
    let mut parked = backend.parked(Some(projection), u32::MAX).await?;
    parked.retain(|one| one.part.version == version && is_meant(one));
    parked.sort_by(|one, other| {
        let place = |of: &Parked| (Arc::clone(&of.tenant), of.key.clone(), of.position);
        place(one).cmp(&place(other))
    });
    let mut retried = Retried::default();
    parked.dedup_by(|one, other| one.tenant == other.tenant && one.key == other.key);
    for first in &parked {
        let one = retry_key(store, &*engine, first).await?;
        retried.handled += one.handled;
        retried.parked += one.parked;
    }
    store.inner.news.projected();
    Ok(retried)
}

/// The projection or the process that the program declares by this name.
fn declared(store: &Store, name: &str) -> Result<Arc<dyn Engine>, Error> {
    let registered = store.registered();
    let mut processes = registered.processes.iter();
    match processes.find(|engine| *engine.definition().name == *name) {
        Some(process) => Ok(Arc::clone(process)),
        None => crate::migrate::declared(store, name),
    }
}

/// Gives a parked event up, in all versions of the projection: it will never be in their rows. Later ones of its key are tried
/// by the next [`retry`]. Answers for how many keys and versions it was parked.
///
/// # Errors
/// Where no such event is parked, or the database fails.
pub async fn discard(
    app: &App,
    projection: &str,
    position: Position,
    key: Option<&str>,
) -> Result<u64, Error> {
    let store = app.connect_for_migration().await?;
    let backend = &store.inner.backend;
    let mut parked = parked_at(&store, projection, position).await?;
    parked.retain(|one| key.is_none_or(|key| one.key == key));
    if parked.is_empty() {
        return Err(not_parked(projection, position));
    }
    // In one order, in which everybody holds several of them.
    parked.sort_by(|one, other| one.part.cmp(&other.part));
    let mut tx = backend.begin().await?;
    for one in &parked {
        backend.lock_partition(&mut tx, &one.part).await?;
        let place = ParkedPlace {
            projection: &one.part.projection,
            version: one.part.version,
            tenant: &one.tenant,
            key: &one.key,
        };
        backend.unpark(&mut tx, place, &[one.position]).await?;
    }
    tx.commit().await?;
    Ok(parked.len() as u64)
}

/// # Errors
/// Where there are none, or the database fails.
async fn parked_at(
    store: &Store,
    projection: &str,
    position: Position,
) -> Result<Vec<Parked>, Error> {
    let backend = &store.inner.backend;
    let mut parked = backend.parked(Some(projection), u32::MAX).await?;
    parked.retain(|one| one.position == position.to_i64());
    match parked.is_empty() {
        true => Err(not_parked(projection, position)),
        false => Ok(parked),
    }
}

fn not_parked(projection: &str, position: Position) -> Error {
    Error::new(
        ErrorKind::Unhandled,
        format!("projection `{projection}` has no event parked at position {position}"),
    )
    .with_hint("see `parked list`")
}

/// Tries the events of one key, of which one is known.
async fn retry_key(store: &Store, engine: &dyn Engine, first: &Parked) -> Result<Retried, Error> {
    let definition = engine.definition();
    let place = ParkedPlace {
        projection: &definition.name,
        version: definition.version,
        tenant: &first.tenant,
        key: &first.key,
    };
    let backend = &store.inner.backend;
    let part = PartId {
        partition: partition_of(&first.tenant, &first.key, definition.partitions),
        ..first.part.clone()
    };
    let mut tx = backend.begin().await?;
    // While it is held, no worker handles further events of the key.
    let held = backend.lock_partition(&mut tx, &part).await?;
    let known = backend.parked_of(&mut tx, place).await?;
    let streams: Vec<_> = known
        .iter()
        .map(|one| (Arc::clone(&one.tenant), one.stream.clone()))
        .collect();
    engine.hold(backend, &mut tx, &streams).await?;
    let parked = backend.parked_of(&mut tx, place).await?;
    let Some(first) = parked.first() else {
        return Ok(Retried::default());
    };
    let positions: Vec<_> = parked.iter().map(|one| one.position).collect();
    let events = backend
        .events_at(&mut tx, &first.tenant, &positions)
        .await?;
    backend.unpark(&mut tx, place, &positions).await?;
    let trouble = Trouble {
        position: first.position,
        attempts: first.attempts,
        why: String::new(),
    };
    let page = Page {
        part: &part,
        only: Some(&first.key),
        events: &events,
        checkpoint: 0,
        effects_after: held.map_or(0, |held| held.effects_after),
        trouble: Some(&trouble),
        is_careful: true,
    };
    let taken = engine.take_again(store, &mut tx, page).await?;
    if let Some(halt) = taken.halt {
        tx.rollback().await?;
        return Err(halt.into_error());
    }
    let left = backend.parked_of(&mut tx, place).await?;
    tx.commit().await?;
    let left = left.len() as u64;
    Ok(Retried {
        handled: (parked.len() as u64).saturating_sub(left),
        parked: left,
    })
}
