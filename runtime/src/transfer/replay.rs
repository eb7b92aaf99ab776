use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::BATCH;
use super::check::Check;
use super::mapped::Mapped;
use super::mapping::{Mapping, Wishes};
use super::tracks::Tracks;
use super::transform::Transform;
use super::verify::{self, Present, Sum, verify};
use super::walk::{Walk, checked, tenants};
use crate::app::App;
use crate::append::Limits;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Recorded, RecordedEvent};
use crate::manifest::{self, Older};
use crate::store::Store;
use crate::stream::{Position, StreamId};

/// Copies the events of a store into another one, of either kind. The source is only read.
///
/// ```no_run
/// # async fn doc(app: annals::App, old: annals::Store, new: annals::Store) -> Result<(), annals::Error> {
/// let replayed = annals::transfer::replay(&app, &old).upcast().run(&new).await?;
/// println!("{} events, checksum {}", replayed.events, replayed.checksum);
/// # Ok(())
/// # }
/// ```
pub fn replay<'a>(app: &'a App, source: &Store) -> Replay<'a> {
    Replay {
        app,
        source: source.clone(),
        tenant: None,
        only: Vec::new(),
        batch: BATCH,
        wishes: Wishes::default(),
        progress: Box::new(|_| {}),
    }
}

/// What to copy, and what becomes of it on the way. Made by [`replay`].
///
/// # Guarantees
///
/// - All that was committed in the source before the call is copied, tenant by tenant, each in the order of its feed. What is
///   committed later is copied by the next call.
/// - A batch is stored whole or not at all. Where it stands already and is the same, it is passed over: a replay that was
///   killed is run again, with the same wishes, reads the source from its beginning and goes on behind what stands.
/// - At the end both stores are read anew, from the first event to the last. The counts, and a hash over all that is kept of
///   each event in its order, are made of each side by itself, and must be equal.
/// - Memory is taken for a batch, and for each stream some fifty bytes.
///
/// Functions must answer the same each time: they are called again for the comparison, and where a replay is repeated.
///
/// # What is not guaranteed
///
/// Others who write to the copied streams of the target meanwhile are found, and end the replay with an error; what they wrote
/// stays, and so does what was copied.
#[must_use = "a replay does nothing until it is run"]
pub struct Replay<'a> {
    app: &'a App,
    source: Store,
    tenant: Option<String>,
    only: Vec<String>,
    batch: u32,
    wishes: Wishes<'a>,
    progress: Box<Hear<'a>>,
}

type Hear<'a> = dyn Fn(&Progress) + Send + Sync + 'a;

/// How far a replay is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Which tenant is being copied, from 1.
    pub tenant: u64,
    /// How many there are.
    pub tenants: u64,
    /// The events of this tenant that were read in this phase.
    pub events: u64,
    /// The position up to which the source was read.
    pub position: Position,
    /// The position in the source at which it ends.
    pub until: Position,
}

/// What a replay is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Events are copied.
    Copy,
    /// Both stores are read anew, and compared.
    Verify,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// The number of tenants.
    pub tenants: u64,
    /// The number of streams in the target.
    pub streams: u64,
    /// The number of events in the target.
    pub events: u64,
    /// How many of them were stored now; the others stood already.
    pub stored: u64,
    /// The number of events in the target by their type.
    pub by_type: BTreeMap<String, u64>,
    /// A hash over all events in their order, as they are in the target.
    pub checksum: String,
}

impl<'a> Replay<'a> {
    /// Only this tenant. Default: all of them.
    pub fn tenant(mut self, name: impl Into<String>) -> Self {
        self.tenant = Some(name.into());
        self
    }

    /// Only streams of this aggregate, besides those of other calls.
    pub fn only(mut self, aggregate: impl Into<String>) -> Self {
        self.only.push(aggregate.into());
        self
    }

    /// Only streams of which the function says so.
    pub fn streams(mut self, keep: impl Fn(&StreamId) -> bool + Send + Sync + 'a) -> Self {
        self.wishes.streams = Some(Box::new(keep));
        self
    }

    /// Only events of which the function says so. Those that follow in the stream move up.
    pub fn events(mut self, keep: impl Fn(&RecordedEvent) -> bool + Send + Sync + 'a) -> Self {
        self.wishes.events = Some(Box::new(keep));
        self
    }

    /// Stores each event in the version that the program stores today, through its upcasts. What the aggregate of the stream
    /// reads as several events becomes several, and what it reads as none is left out; those that follow in the stream move
    /// up. The first of several keeps the id; the others get new ones, which are the same in each run. An event that is
    /// current already is kept byte by byte.
    pub fn upcast(mut self) -> Self {
        self.wishes.upcasts = true;
        self
    }

    /// Makes another event of each one of a type, whatever its version, or leaves it out. It goes before [`Replay::upcast`].
    pub fn transform<E: Event, N: Event>(
        mut self,
        function: impl Fn(E, &Recorded) -> Option<N> + Send + Sync + 'a,
    ) -> Self {
        self.wishes.transforms.push(Transform::of(function));
        self
    }

    /// Puts each event into the stream that the function names: streams are renamed, split or merged. Versions are counted
    /// anew, in the order of the source. Where streams are merged, an event that was recorded before the one that it follows
    /// now gets the time of that one, since time never goes back within a stream.
    pub fn into_streams(
        mut self,
        function: impl Fn(&RecordedEvent) -> StreamId + Send + Sync + 'a,
    ) -> Self {
        self.wishes.into = Some(Box::new(function));
        self
    }

    /// Takes events along that the program cannot read, as they are.
    pub fn unchecked(mut self) -> Self {
        self.wishes.is_unchecked = true;
        self
    }

    /// How many events are read and stored together. Default: 500.
    pub fn batch(mut self, events: u32) -> Self {
        self.batch = events.max(1);
        self
    }

    /// Calls the function after each batch.
    pub fn progress(mut self, hear: impl Fn(&Progress) + Send + Sync + 'a) -> Self {
        self.progress = Box::new(hear);
        self
    }

    /// Copies, and compares.
    ///
    /// # Errors
    /// - [`ErrorKind::UnknownEvent`], [`ErrorKind::NewerEvent`], [`ErrorKind::Misfit`] where the program cannot read an event;
    /// - [`ErrorKind::Conflict`] where a stream of the target goes on differently;
    /// - [`ErrorKind::Corrupt`] where a stream of the source has a hole;
    /// - [`ErrorKind::Draft`] and [`ErrorKind::Unstorable`], as for an append;
    /// - [`ErrorKind::Difference`] where the copy is not what it was made of, with the first event that tells it.
    ///
    /// Otherwise where both stores are one, a database fails, or the app is refused by the target ([`App::open`]).
    pub async fn run(self, target: &Store) -> Result<Replayed, Error> {
        target.check_writable()?;
        if Arc::ptr_eq(&self.source.inner, &target.inner) {
            return Err(Error::new(
                ErrorKind::Declaration,
                "a store was to be copied into itself",
            )
            .with_hint("name another store as the target"));
        }
        manifest::register(target, self.app.lineages(), Older::MayRun).await?;
        self.go(Some(target)).await
    }

    /// Reads and maps all of it, and stores nothing: what would be copied, and whether the program can read it. What a target
    /// would refuse does not show.
    ///
    /// # Errors
    /// Those of [`Replay::run`] that concern the source.
    pub async fn dry_run(self) -> Result<Replayed, Error> {
        self.go(None).await
    }

    async fn go(self, target: Option<&Store>) -> Result<Replayed, Error> {
        let check = Check::of(self.app, self.wishes.is_unchecked)?;
        let until = self.source.end().await?;
        let tenants = match &self.tenant {
            Some(tenant) => vec![checked(&self.source.tenant(tenant))?.clone()],
            None => tenants(&self.source).await?,
        };
        let mut total = Total::default();
        for (source, number) in tenants.iter().zip(1..) {
            let target = target.map(|target| target.tenant(source.tenant_name()));
            let one = OneTenant {
                replay: &self,
                check: &check,
                source,
                target,
                until,
                place: (number, tenants.len() as u64),
            };
            one.run(&mut total).await?;
        }
        let Total { source, stored, .. } = total;
        Ok(Replayed {
            tenants: tenants.len() as u64,
            streams: source.streams,
            events: source.events,
            stored,
            checksum: source.checksum(),
            by_type: source.by_type,
        })
    }
}

#[derive(Default)]
struct Total {
    source: Sum,
    target: Sum,
    stored: u64,
}

/// The copying of one tenant.
struct OneTenant<'r, 'a> {
    replay: &'r Replay<'a>,
    check: &'r Check<'r>,
    source: &'r Store,
    /// `None` where nothing is to be stored.
    target: Option<Store>,
    until: Position,
    /// Which tenant it is, of how many.
    place: (u64, u64),
}

impl OneTenant<'_, '_> {
    async fn run(&self, total: &mut Total) -> Result<(), Error> {
        let name = self.source.tenant_name();
        total.source.tenant(name);
        let Some(target) = &self.target else {
            return self.read(total).await;
        };
        total.target.tenant(name);
        let streams = self.copy(target, total).await?;
        self.compare(target, &streams, total).await
    }

    /// Reads and maps all events, and adds them up.
    async fn read(&self, total: &mut Total) -> Result<(), Error> {
        let mut mapped = self.mapped(verify::NONE);
        while let Some(copied) = mapped.next().await? {
            total.source.add(&copied, false);
            if total.source.events.is_multiple_of(u64::from(BATCH)) {
                self.tell(Phase::Copy, mapped.at(), mapped.read);
            }
        }
        Ok(())
    }

    /// Copies all events, and answers the streams that have any.
    async fn copy(&self, target: &Store, total: &mut Total) -> Result<Tracks, Error> {
        let mut mapped = self.mapped(target.inner.limits);
        loop {
            let batch = mapped.batch(self.replay.batch).await?;
            if batch.is_empty() {
                return Ok(mapped.into_target());
            }
            let stored = target.copy(&batch).await;
            total.stored += stored.map_err(|refused| refused.error)? as u64;
            self.tell(Phase::Copy, mapped.at(), mapped.read);
        }
    }

    async fn compare(
        &self,
        target: &Store,
        streams: &Tracks,
        total: &mut Total,
    ) -> Result<(), Error> {
        let expected = self.mapped(target.inner.limits);
        let end = target.end().await?;
        let everything = Walk::new(target, &[], self.replay.batch, end);
        let present = Present::new(everything, streams);
        let is_jsonb = target.inner.backend.is_jsonb();
        let sums = (&mut total.source, &mut total.target);
        let each = |position, events| self.tell(Phase::Verify, position, events);
        verify(expected, present, is_jsonb, sums, &each).await
    }

    fn mapped(&self, limits: Limits) -> Mapped<'_, '_> {
        let Replay {
            only,
            batch,
            wishes,
            ..
        } = self.replay;
        let walk = Walk::new(self.source, only, *batch, self.until);
        Mapped::new(walk, Mapping::new(wishes, self.check, limits))
    }

    fn tell(&self, phase: Phase, position: Position, events: u64) {
        (self.replay.progress)(&Progress {
            phase,
            tenant: self.place.0,
            tenants: self.place.1,
            events,
            position,
            until: self.until,
        });
    }
}

impl fmt::Debug for Replay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("source", &self.source)
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}
