//! A version on its way from one position to the next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::build::{Built, Report};
use super::reading::{Info, interrupted, read_ahead};
use super::run::{Progress, Stage, Verification};
use super::standing::{between, checkpoints, limit, lowest, own_build};
use super::switch::not_built;
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::feed::Feed;
use crate::projection::{Bulk, Engine, Halt, Page, Trouble};
use crate::store::projections::Status;
use crate::store::{Store, Tx};
use crate::stream::Position;

/// How many events are read at a time, and how many where each page is a transaction.
const PAGES: (u32, u32) = (10_000, 1000);

/// How many pages are read ahead.
const AHEAD: usize = 3;

/// Rows are written when so many have changed, or after so long.
const WRITE: (usize, Duration) = (100_000, Duration::from_secs(5));

/// How long to wait before an event is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// How many rows are kept in memory.
const KEPT: usize = 250_000;

/// A version that is being built.
pub(super) struct Building<'a> {
    store: &'a Store,
    engine: &'a Arc<dyn Engine>,
    report: Report<'a>,
    begun: Instant,
    stage: Stage,
    /// Up to where the rows of each partition are written.
    written: Vec<i64>,
    /// Where the lowest of them began.
    from: i64,
    /// How the version stands while this goes on.
    status: Status,
    /// Beyond that it must not come.
    limit: i64,
    events: u64,
    trouble: Option<Trouble>,
}

/// How a round of reading ended.
enum Round {
    /// Everything is written, after so many events.
    End(u64),
    /// What was not written has to be handled event by event, for this reason.
    Stumbled(Error),
}

impl<'a> Building<'a> {
    pub(super) async fn new(
        store: &'a Store,
        engine: &'a Arc<dyn Engine>,
        report: Report<'a>,
    ) -> Result<Self, Error> {
        let definition = engine.definition();
        let Some(build) = own_build(store, definition).await? else {
            return Err(not_built(&definition.name, definition.version));
        };
        let written = checkpoints(store, definition).await?;
        Ok(Building {
            from: lowest(&written),
            status: build.status,
            written,
            store,
            engine,
            report,
            begun: Instant::now(),
            stage: Stage::Building,
            limit: limit(store, definition).await?,
            events: 0,
            trouble: None,
        })
    }

    pub(super) async fn run(&mut self, verification: Verification) -> Result<Built, Error> {
        let backend = &self.store.inner.backend;
        let definition = self.engine.definition();
        let counts = backend.count_parked().await?;
        let has_parked = counts
            .iter()
            .any(|(name, version, _)| **name == *definition.name && *version == definition.version);
        let is_uneven = self.written.iter().any(|at| *at != self.from);
        let mut bulk = match has_parked || is_uneven {
            true => None,
            false => self.engine.bulk(self.from == 0),
        };
        let mut are_indexes_missing = true;
        loop {
            let events = match &mut bulk {
                Some(building) => match self.round(&mut **building).await? {
                    Round::End(events) => events,
                    Round::Stumbled(error) => {
                        tracing::info!(%error, "going on event by event");
                        bulk = None;
                        continue;
                    }
                },
                None => self.step_by_step().await?,
            };
            if are_indexes_missing {
                self.index().await?;
                are_indexes_missing = false;
                continue;
            }
            if events < u64::from(PAGES.0) {
                break;
            }
        }
        let made = bulk.as_deref().and_then(Bulk::rows);
        let rows = self.count(verification, made).await?;
        Ok(Built {
            events: self.events,
            rows,
            lease: None,
        })
    }

    /// Reads, folds and writes up to the end of the feed.
    async fn round(&mut self, bulk: &mut dyn Bulk) -> Result<Round, Error> {
        let store = self.store;
        let mut reading = JoinSet::new();
        let (pages, mut read) = mpsc::channel(AHEAD);
        let feed = Feed::of_all_tenants(store)
            .events(self.engine.routes().names())
            .after(Position::of_i64(self.lowest()))
            .page(PAGES.0);
        reading.spawn(read_ahead(feed, bulk.reader(), self.limit, pages));
        let (mut at, mut folded, mut last) = (self.lowest(), 0, Instant::now());
        while let Some(page) = read.recv().await {
            let (page, info) = page?;
            let page = page.await.map_err(|error| interrupted(&error))?;
            if let Some(halt) = bulk.fold(&store.inner.backend, page).await? {
                return Ok(Round::Stumbled(halt.into_error()));
            }
            at = info.checkpoint;
            folded += info.events as u64;
            self.tell(info, at);
            if bulk.changed() >= WRITE.0 || last.elapsed() >= WRITE.1 || info.is_end {
                if let Some(error) = self.write(bulk, at).await? {
                    return Ok(Round::Stumbled(error));
                }
                last = Instant::now();
            }
        }
        if at > self.lowest()
            && let Some(error) = self.write(bulk, at).await?
        {
            return Ok(Round::Stumbled(error));
        }
        Ok(Round::End(folded))
    }

    /// Writes what has changed, up to a position. Answers why a row cannot be kept; nothing is written then.
    async fn write(&mut self, bulk: &mut dyn Bulk, at: i64) -> Result<Option<Error>, Error> {
        let backend = &self.store.inner.backend;
        let mut tx = self.hold().await?;
        match bulk.write(backend, &mut tx, KEPT).await {
            Ok(()) => self.commit(tx, at).await.map(|()| None),
            Err(error) if matches!(error.kind(), ErrorKind::Unhandled | ErrorKind::Database) => {
                tx.rollback().await?;
                Ok(Some(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Up to where all partitions have come.
    fn lowest(&self) -> i64 {
        lowest(&self.written)
    }

    /// A transaction that holds all partitions, all of which are where they are taken to be.
    async fn hold(&mut self) -> Result<Tx, Error> {
        let backend = &self.store.inner.backend;
        let mut tx = backend.begin().await?;
        for (part, at) in self.engine.definition().parts().zip(&self.written) {
            let held = backend.lock_partition(&mut tx, &part).await?;
            if held.is_none_or(|held| held.checkpoint != *at || held.status != self.status) {
                let name = &self.engine.definition().name;
                return Err(Error::new(
                    ErrorKind::Conflict,
                    format!("projection `{name}` was moved on by somebody else while it was built"),
                )
                .with_hint("run the migration again: it goes on where that one is"));
            }
        }
        Ok(tx)
    }

    async fn commit(&mut self, mut tx: Tx, at: i64) -> Result<(), Error> {
        for (part, before) in self.engine.definition().parts().zip(&self.written) {
            let backend = &self.store.inner.backend;
            if at > *before {
                backend.move_partition(&mut tx, &part, at).await?;
            }
        }
        tx.commit().await?;
        for before in &mut self.written {
            *before = at.max(*before);
        }
        self.store.inner.news.projected();
        Ok(())
    }

    /// Handles event by event up to the end of the feed, as a worker would. Answers how many there were.
    pub(super) async fn step_by_step(&mut self) -> Result<u64, Error> {
        let mut handled = 0;
        loop {
            let feed = Feed::of_all_tenants(self.store)
                .events(self.engine.routes().names())
                .after(Position::of_i64(self.lowest()))
                .page(PAGES.1);
            let page = feed.read().await?;
            let (checkpoint, frontier) = (page.checkpoint().to_i64(), page.frontier().to_i64());
            let checkpoint = checkpoint.min(self.limit);
            let is_end = page.is_end() || checkpoint >= self.limit;
            let mut events = page.into_events();
            events.retain(|event| event.recorded().position().to_i64() <= self.limit);
            if checkpoint <= self.lowest() {
                return Ok(handled);
            }
            let (mut reached, mut halt) = (checkpoint, None);
            while let Some(found) = self.step(&events, reached).await? {
                reached = found.position() - 1;
                events.retain(|event| event.recorded().position().to_i64() <= reached);
                halt = Some(found);
                if reached <= self.lowest() {
                    break;
                }
            }
            handled += events.len() as u64;
            let info = Info {
                checkpoint: reached,
                frontier,
                events: events.len(),
                is_end,
            };
            self.tell(info, self.lowest());
            match halt {
                None => self.trouble = None,
                Some(Halt::Again(trouble)) => {
                    self.trouble = Some(trouble);
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
                Some(halt) => return Err(halt.into_error()),
            }
            if is_end {
                return Ok(handled);
            }
        }
    }

    /// Handles some events for all partitions, or none of them: then it answers what is in the way.
    async fn step(
        &mut self,
        events: &[RecordedEvent],
        checkpoint: i64,
    ) -> Result<Option<Halt>, Error> {
        let mut is_careful = false;
        loop {
            let mut tx = self.hold().await?;
            let mut refused = false;
            for (part, at) in self.engine.definition().parts().zip(&self.written) {
                let page = Page {
                    part: &part,
                    only: None,
                    events: between(events, *at, i64::MAX),
                    checkpoint,
                    // While the past is handled, nothing is done about it.
                    effects_after: i64::MAX,
                    trouble: self.trouble.as_ref(),
                    is_careful,
                };
                match self.engine.take(self.store, &mut tx, page).await {
                    Ok(taken) if taken.halt.is_some() => {
                        tx.rollback().await?;
                        return Ok(taken.halt);
                    }
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::Database && !is_careful => {
                        refused = true;
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
            if !refused {
                self.commit(tx, checkpoint).await?;
                return Ok(None);
            }
            tx.rollback().await?;
            is_careful = true;
        }
    }

    /// Makes the indexes that are not there.
    pub(super) async fn index(&mut self) -> Result<(), Error> {
        let Some(table) = self.engine.definition().table() else {
            return Ok(());
        };
        self.stage = Stage::Indexing;
        self.tell(
            Info {
                checkpoint: self.lowest(),
                frontier: self.lowest(),
                events: 0,
                is_end: true,
            },
            self.lowest(),
        );
        self.stage = Stage::Building;
        let backend = &self.store.inner.backend;
        let mut tx = backend.begin().await?;
        backend.create_indexes(&mut tx, &table).await?;
        tx.commit().await
    }

    /// The rows in the table, which must be as many as there should be.
    async fn count(
        &mut self,
        verification: Verification,
        made: Option<u64>,
    ) -> Result<Option<u64>, Error> {
        let definition = self.engine.definition();
        let Some(table) = definition.table() else {
            return Ok(None);
        };
        let found = self.store.inner.backend.count_rows(&table, None).await?;
        match made {
            Some(made) if made != found && verification != Verification::Skip => Err(Error::new(
                ErrorKind::ReadModel,
                format!("table `{}` holds {found} rows, and {made} were made", table.name),
            )
            .with_hint(format!(
                "somebody else writes to the table: find out who, then remove what was built with `projection drop {} --version {}` \
                 and run the migration again",
                definition.name, definition.version
            ))),
            _ => Ok(Some(found)),
        }
    }

    fn tell(&mut self, info: Info, at: i64) {
        self.events += info.events as u64;
        let definition = self.engine.definition();
        (self.report)(&Progress {
            projection: definition.name.to_string(),
            version: definition.version,
            stage: self.stage,
            from: self.from.unsigned_abs(),
            position: at.unsigned_abs(),
            target: info.frontier.min(self.limit).unsigned_abs(),
            events: self.events,
            elapsed: self.begun.elapsed(),
        });
        crate::telemetry::rebuilt(&definition.name, info.events);
    }
}
