//! What is asked of the feed, and the pages that both stores hand out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::names::Names;
use super::row::EventRow;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::stream::{Position, StreamId, Version};

/// How large the payloads of a page are together, at most: the last one may go beyond.
const PAGE_BYTES: usize = 8 << 20;

/// How many positions are handed on at once at most: for as long, the database keeps what it would clean up.
pub(crate) const PART: i64 = 50_000;

/// Which events to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeedRequest<'a> {
    /// `None` for those of all tenants.
    pub(crate) tenant: Option<&'a str>,
    pub(crate) after: Position,
    /// `None` for events of every type.
    pub(crate) types: Option<&'a [String]>,
    /// `None` for streams of every aggregate.
    pub(crate) categories: Option<&'a [String]>,
    pub(crate) limit: u32,
    /// Whether it is enough to read the [facts](super::row::Fact) of events, and not how they were recorded.
    pub(crate) facts_alone: bool,
    /// What was found out before this moment about the end of the feed is too old.
    pub(crate) since: Instant,
    /// Whether something older will do, as long as there is something to read.
    pub(crate) older_will_do: bool,
}

impl FeedRequest<'_> {
    /// # Errors
    /// Where a reader has come further than there are events.
    pub(crate) fn check(&self, last: i64) -> Result<(), Error> {
        let after = self.after;
        if after <= position(last) {
            return Ok(());
        }
        let found = format!(
            "the feed was to be read after position {after}, but the last event is at {last}"
        );
        Err(Error::new(ErrorKind::Checkpoint, found).with_hint(
            "the checkpoint is one of another store, or the database was put back to an older state: restore the checkpoint \
             together with the database, or begin again after position 0",
        ))
    }
}

/// Takes events as they are read, one after another.
pub(crate) trait Sink: Send {
    /// Takes the next event, one of the stream, which belongs to the aggregate where its row says so.
    ///
    /// # Errors
    /// Where the row holds what annals never writes.
    fn take(
        &mut self,
        tenant: &str,
        stream: &str,
        aggregate: Option<&str>,
        event: &dyn EventRow,
    ) -> Result<(), Error>;

    /// For how many events there is room still, most likely.
    fn room(&self) -> i64 {
        i64::MAX
    }

    /// Whether no more events are wanted.
    fn is_full(&self) -> bool;
}

/// How far events were handed on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned {
    /// Up to here all were, unless the sink was full.
    pub(crate) checkpoint: i64,
    /// Up to here nothing can appear any more.
    pub(crate) frontier: i64,
    /// The highest position that was to be seen.
    pub(crate) last: i64,
}

/// A part of the feed.
#[derive(Debug)]
pub(crate) struct FeedRows {
    pub(crate) events: Vec<RecordedEvent>,
    /// Up to here everything that was asked for is in `events`.
    pub(crate) checkpoint: Position,
    /// Up to here nothing can appear any more.
    pub(crate) frontier: Position,
    /// The highest position that was to be seen, whether or not something before it can still appear.
    pub(crate) last: Position,
}

impl FeedRows {
    pub(crate) fn none(after: Position, frontier: i64, last: i64) -> Self {
        FeedRows {
            events: Vec::new(),
            checkpoint: after,
            frontier: position(frontier),
            last: position(last),
        }
    }
}

/// How large events are, as far as somebody has seen. A page ends with its bytes, and what the server has sent beyond that has
/// been sent in vain.
#[derive(Debug, Default)]
pub(crate) struct EventSize(AtomicUsize);

impl EventSize {
    /// In bytes; 0 where nothing was seen yet.
    pub(crate) fn likely(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes in a page. Large events are not forgotten at once: others may read them.
    pub(crate) fn see(&self, page: &Filling) {
        if let Some(mean) = page.bytes.checked_div(page.events.len()) {
            self.0.store(mean.max(self.likely() / 2), Ordering::Relaxed);
        }
    }
}

/// A page that is being filled, row by row.
pub(crate) struct Filling {
    after: Position,
    room: usize,
    bytes: usize,
    /// How large events are, most likely.
    likely_bytes: usize,
    tenants: Names,
    types: Names,
    events: Vec<RecordedEvent>,
}

impl Filling {
    pub(crate) fn new(request: &FeedRequest<'_>, likely_bytes: usize) -> Self {
        Filling {
            after: request.after,
            room: request.limit as usize,
            bytes: 0,
            likely_bytes,
            tenants: Names::default(),
            types: Names::default(),
            events: Vec::new(),
        }
    }

    /// The page, which was read up to the frontier unless it is full. The frontier can be before its beginning: a store that knows
    /// nothing yet is careful while others commit late.
    pub(crate) fn finish(self, frontier: i64, last: i64) -> FeedRows {
        let is_full = self.is_full();
        let at_last_event = self.events.last().map(|event| event.recorded().position());
        FeedRows {
            checkpoint: at_last_event
                .filter(|_| is_full)
                .unwrap_or(position(frontier).max(self.after)),
            events: self.events,
            frontier: position(frontier),
            last: position(last),
        }
    }
}

impl Sink for Filling {
    fn take(
        &mut self,
        tenant: &str,
        stream: &str,
        aggregate: Option<&str>,
        event: &dyn EventRow,
    ) -> Result<(), Error> {
        let tenant = self.tenants.name(tenant);
        let stream = named(stream, aggregate)?;
        let event = event
            .stored()?
            .to_owned(&tenant, &stream, &mut self.types)?;
        let before = self.events.last();
        let before = before.map_or(self.after, |event| event.recorded().position());
        let recorded = event.recorded();
        check_order(before, recorded.position(), recorded.version(), || {
            Ok(stream)
        })?;
        self.bytes += event.payload().len();
        self.events.push(event);
        Ok(())
    }

    fn room(&self) -> i64 {
        let room = self.room.saturating_sub(self.events.len());
        let mean = self.bytes.checked_div(self.events.len());
        let mean = mean.unwrap_or(self.likely_bytes).max(1);
        let bytes = PAGE_BYTES.saturating_sub(self.bytes);
        i64::try_from(room.min(1 + bytes / mean)).unwrap_or(i64::MAX)
    }

    fn is_full(&self) -> bool {
        self.events.len() >= self.room || self.bytes >= PAGE_BYTES
    }
}

/// # Errors
/// Where an event has not a higher position than the one before it, and those of `stream`.
pub(crate) fn check_order(
    before: Position,
    position: Position,
    version: Version,
    stream: impl FnOnce() -> Result<StreamId, Error>,
) -> Result<(), Error> {
    if position > before {
        return Ok(());
    }
    let what = format!("event {version} has position {position}, like another event");
    Err(Error::corrupt(&stream()?, what))
}

fn position(number: i64) -> Position {
    Position::new(u64::try_from(number).unwrap_or_default())
}

/// The stream, by the name of its row and of its events.
///
/// # Errors
/// Those of [`category`].
pub(crate) fn named(stream: &str, aggregate: Option<&str>) -> Result<StreamId, Error> {
    let id = aggregate.and_then(|aggregate| StreamId::of_name(stream, aggregate));
    id.ok_or_else(|| misplaced(stream, aggregate))
}

/// The aggregate to which a stream belongs, as its row says.
///
/// # Errors
/// Where the name does not begin with that of the aggregate, or the stream has no row.
pub(crate) fn category<'a>(stream: &str, aggregate: Option<&'a str>) -> Result<&'a str, Error> {
    let fitting = aggregate.filter(|aggregate| is_of(stream, aggregate));
    fitting.ok_or_else(|| misplaced(stream, aggregate))
}

/// Whether the name of a stream begins with that of the aggregate.
pub(crate) fn is_of(stream: &str, aggregate: &str) -> bool {
    let rest = stream.strip_prefix(aggregate);
    rest.is_some_and(|rest| rest.starts_with('-'))
}

#[cold]
fn misplaced(stream: &str, aggregate: Option<&str>) -> Error {
    let (category, id) = stream.split_once('-').unwrap_or((stream, ""));
    let what = match aggregate {
        Some(aggregate) => format!("its row says that it belongs to aggregate `{aggregate}`"),
        None => "it holds events and has no row".to_owned(),
    };
    Error::corrupt(&StreamId::new(category, id), what)
}
