use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use annals_schema::Shape;

use super::CurrentEvent;
use crate::aggregate::{Aggregate, EventSet, fingerprint};
use crate::error::{Error, ErrorKind};
use crate::event::{Encoded, Event, EventKind, Lineage, Misfit, Unstorable};
use crate::process::{self, Accepted, Cancelled, Commands, On, Process, Refused, Stepper};
use crate::projection::{
    Definition, Engine, EventHandler, Inline, Mode, Projection, Reaction, Registered, Rows, Sources,
};
use crate::relay::inbox::{Inbox, Port, Source};
use crate::relay::{self, Broker, Forwarder, Outlet, Relay};

/// What was added to an app.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) aggregates: Vec<DeclaredAggregate>,
    /// Every kind of event, once for each aggregate that reads it.
    pub(crate) kinds: Vec<DeclaredKind>,
    pub(crate) projections: Vec<DeclaredProjection>,
    pub(crate) processes: Vec<DeclaredProcess>,
    pub(crate) relays: Vec<Arc<dyn Outlet>>,
    pub(crate) inboxes: Vec<Arc<dyn Port>>,
    sources: Arc<Sources>,
    commands: Arc<Commands>,
}

/// An aggregate.
#[derive(Debug)]
pub(crate) struct DeclaredAggregate {
    pub(crate) name: &'static str,
    type_path: &'static str,
    /// The folder of its schema lock; empty for one that was written by hand.
    pub(crate) folder: &'static str,
    /// What its snapshots hold; `None` where none are taken.
    pub(crate) state: Option<&'static Shape<'static>>,
    /// Computes that of its snapshots.
    pub(crate) fingerprint: fn() -> Option<String>,
}

/// A kind of event, and how it is read.
pub(crate) struct DeclaredKind {
    pub(crate) lineage: &'static Lineage,
    /// The aggregate that reads it; `None` for an event outside of aggregates.
    pub(crate) aggregate: Option<&'static str>,
    /// Whether it is read as itself, and not as other events.
    pub(crate) is_itself: bool,
    read: Box<Read>,
    current: Box<ReadCurrent>,
    rewrite: Box<Rewrite>,
}

type Read = dyn Fn(u32, &[u8]) -> Result<(), Misfit> + Send + Sync;
type Rewritten<'a> = dyn FnMut(Result<Encoded, Unstorable>) + 'a;
type Rewrite = dyn Fn(u32, &[u8], &mut Rewritten<'_>) -> Result<(), Misfit> + Send + Sync;

type ReadCurrent = dyn Fn(u32, &[u8]) -> Result<Vec<CurrentEvent>, Misfit> + Send + Sync;

impl DeclaredKind {
    /// Reads a payload of some version as the program would, and drops what comes out.
    pub(crate) fn read(&self, version: u32, payload: &[u8]) -> Result<(), Misfit> {
        (self.read)(version, payload)
    }

    /// Reads a payload of some version as the program would, and answers what comes out: an aggregate can read an event as
    /// several others, or as none.
    pub(crate) fn current(
        &self,
        version: u32,
        payload: &[u8],
    ) -> Result<Vec<CurrentEvent>, Misfit> {
        (self.current)(version, payload)
    }

    /// Reads a payload of some version as the program would, and hands on what comes out, as the program stores it.
    pub(crate) fn rewrite(
        &self,
        version: u32,
        payload: &[u8],
        each: &mut Rewritten<'_>,
    ) -> Result<(), Misfit> {
        (self.rewrite)(version, payload, each)
    }
}

impl fmt::Debug for DeclaredKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lineage { name, version, .. } = self.lineage;
        write!(f, "{name} v{version}")
    }
}

/// A projection, and how it is set up once all aggregates are known.
pub(crate) struct DeclaredProjection {
    pub(crate) definition: Definition,
    make: Box<Make>,
}

type Make = dyn Fn(&Arc<Sources>, &mut Registered) + Send + Sync;

impl fmt::Debug for DeclaredProjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Definition { name, version, .. } = &self.definition;
        write!(f, "{name} v{version}")
    }
}

/// A process, and how it is set up once all aggregates are known.
pub(crate) struct DeclaredProcess {
    pub(crate) definition: Definition,
    /// What its instances keep: their states and what timers are set with.
    stored: Vec<&'static Lineage>,
    make: fn(&Arc<Sources>, &Arc<Commands>) -> Arc<dyn Engine>,
}

impl fmt::Debug for DeclaredProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.definition.name)
    }
}

impl Declared {
    pub(super) fn add_aggregate<A: Aggregate>(&mut self) {
        let aggregate = DeclaredAggregate {
            name: A::NAME,
            type_path: type_name::<A>(),
            folder: A::LOCK,
            state: A::SNAPSHOTS.map(|snapshots| snapshots.shape),
            fingerprint: fingerprint::<A>,
        };
        let mut known = self.aggregates.iter();
        if known.any(|known| known.type_path == aggregate.type_path) {
            return;
        }
        self.aggregates.push(aggregate);
        // Nobody else has them before the app is opened.
        if let Some(sources) = Arc::get_mut(&mut self.sources) {
            sources.add::<A>();
        }
        if let Some(commands) = Arc::get_mut(&mut self.commands) {
            commands.add::<A>();
        }
        for command in A::COMMANDS {
            self.add_kind(command.kind);
        }
        for kind in <A::Event as EventSet>::KINDS {
            self.kinds.push(DeclaredKind {
                lineage: kind.lineage,
                aggregate: Some(A::NAME),
                is_itself: kind.tokens.is_empty(),
                read: Box::new(|version, payload| kind.reader.read(version, payload, &mut drop)),
                current: Box::new(|version, payload| {
                    let mut events = Vec::new();
                    kind.reader.read(version, payload, &mut |event| {
                        events.push(CurrentEvent::inside(&event));
                    })?;
                    events.into_iter().collect()
                }),
                rewrite: Box::new(|version, payload, each| {
                    let each = &mut |event: A::Event| each(event.encode(true));
                    kind.reader.read(version, payload, each)
                }),
            });
        }
    }

    pub(super) fn add_event<E: Event>(&mut self) {
        self.add_kind(EventKind::of::<E>());
    }

    fn add_kind(&mut self, kind: EventKind) {
        let EventKind { lineage, rewrite } = kind;
        let path = lineage.type_path();
        let mut known = self.kinds.iter();
        if known.any(|kind| kind.lineage.type_path() == path) {
            return;
        }
        self.kinds.push(DeclaredKind {
            lineage,
            aggregate: None,
            is_itself: true,
            read: Box::new(move |version, payload| rewrite(version, payload).map(drop)),
            current: Box::new(move |version, payload| {
                let encoded = rewrite(version, payload)?;
                Ok(vec![CurrentEvent::encoded(lineage, encoded)?])
            }),
            rewrite: Box::new(move |version, payload, each| rewrite(version, payload).map(each)),
        });
    }

    pub(super) fn add_process<P: Process>(&mut self) {
        let definition = Definition::of_process::<P>();
        let mut known = self.processes.iter();
        if known.any(|known| known.definition.type_path == definition.type_path) {
            return;
        }
        self.add_event::<P>();
        // What annals itself appends to the streams of instances.
        self.add_event::<Accepted>();
        self.add_event::<Refused>();
        self.add_event::<Cancelled>();
        let timers = P::INPUTS.iter().filter_map(|input| match &input.0 {
            On::Timer { kind, .. } => Some(*kind),
            On::Event { .. } | On::Rejected { .. } => None,
        });
        let mut stored = vec![P::LINEAGE];
        for timer in timers {
            stored.push(timer.lineage);
            self.add_kind(timer);
        }
        self.processes.push(DeclaredProcess {
            definition,
            stored,
            make: |sources, commands| Arc::new(Stepper::<P>::new(sources, commands)),
        });
    }

    pub(super) fn add_relay<B: Broker>(&mut self, relay: Relay<B>) {
        self.relays.push(Arc::new(Forwarder::new(relay)));
    }

    pub(super) fn add_inbox<S: Source>(&mut self, inbox: Inbox<S>) {
        self.inboxes.push(Arc::new(inbox));
    }

    /// All that follows the feed or is folded from it, and as what.
    pub(crate) fn followers(&self) -> impl Iterator<Item = (&Definition, &'static str)> {
        let projections = self.projections.iter().map(|of| &of.definition);
        let processes = self.processes.iter().map(|of| &of.definition);
        let relays = self.relays.iter().map(|of| of.definition());
        projections
            .map(|definition| (definition, definition.mode.word()))
            .chain(processes.map(|definition| (definition, process::MODE)))
            .chain(relays.map(|definition| (definition, relay::MODE)))
    }

    /// What is stored by processes, and by nobody else.
    pub(super) fn stored_by_processes(&self) -> impl Iterator<Item = &'static Lineage> {
        let states = self.processes.iter().flat_map(|process| &process.stored);
        states.copied().chain(self.commands.lineages())
    }

    pub(super) fn add_projection<P: Projection>(&mut self) {
        self.add(DeclaredProjection {
            definition: Definition::of_rows::<P>(),
            make: Box::new(|sources, registered| {
                let rows: Arc<dyn Engine> = Arc::new(Rows::<P>::new(sources));
                if P::MODE != Mode::Inline {
                    registered.engines.push(rows);
                    return;
                }
                let inline = Arc::new(Inline::new(rows));
                registered.inline.push(Arc::clone(&inline));
                registered.engines.push(inline);
            }),
        });
    }

    pub(super) fn add_handler<H: EventHandler>(&mut self, handler: H) {
        let handler = Arc::new(handler);
        self.add(DeclaredProjection {
            definition: Definition::of_handler::<H>(),
            make: Box::new(move |sources, registered| {
                let reaction = Reaction::new(Arc::clone(&handler), sources);
                registered.engines.push(Arc::new(reaction));
            }),
        });
    }

    fn add(&mut self, projection: DeclaredProjection) {
        let path = projection.definition.type_path;
        let mut known = self.projections.iter();
        if !known.any(|known| known.definition.type_path == path) {
            self.projections.push(projection);
        }
    }

    /// Sets up what was added.
    ///
    /// # Errors
    /// Where a projection handles what no aggregate reads.
    pub(super) fn register(&self) -> Result<Registered, Error> {
        let mut registered = Registered::default();
        for projection in &self.projections {
            (projection.make)(&self.sources, &mut registered);
        }
        for process in &self.processes {
            let engine = (process.make)(&self.sources, &self.commands);
            registered.processes.push(engine);
        }
        for relay in &self.relays {
            registered.relays.push(Arc::clone(relay) as Arc<dyn Engine>);
        }
        for engine in registered.all() {
            engine
                .routes()
                .check_known(&engine.definition().name, |lineage| {
                    let mut kinds = self.kinds.iter();
                    kinds.any(|kind| kind.lineage.is_named(lineage.name))
                })?;
        }
        Ok(registered)
    }

    /// # Errors
    /// Where two types stand for the same.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut types = BTreeMap::new();
        let mut mistakes = Vec::new();
        for version in self.kinds.iter().flat_map(|kind| kind.lineage.versions()) {
            let what = format!("event `{}` version {}", version.name, version.version);
            check_one(&mut types, &mut mistakes, what, version.type_path());
        }
        for aggregate in &self.aggregates {
            let what = format!("aggregate `{}`", aggregate.name);
            check_one(&mut types, &mut mistakes, what, aggregate.type_path);
        }
        let processes = self.processes.iter().map(|process| &process.definition);
        let projections = self.projections.iter().map(|of| &of.definition);
        for definition in projections.chain(processes) {
            let what = format!("projection or process `{}`", definition.name);
            check_one(&mut types, &mut mistakes, what, definition.type_path);
        }
        let mut names: Vec<_> = self.followers().map(|(of, _)| &of.name).collect();
        for relay in &self.relays {
            relay.check()?;
            let name = &relay.definition().name;
            if names.iter().filter(|other| **other == name).count() > 1 {
                mistakes.push(format!(
                    "relay `{name}` has the name of another relay, or of a projection or a process"
                ));
                names.retain(|other| *other != name);
            }
        }
        let mut inboxes: Vec<_> = self.inboxes.iter().map(|inbox| inbox.name()).collect();
        inboxes.sort_unstable();
        let twice = inboxes.windows(2).filter(|pair| pair[0] == pair[1]);
        mistakes.extend(twice.map(|pair| format!("inbox `{}` is declared twice", pair[0])));
        for inbox in &self.inboxes {
            inbox.check()?;
        }
        if mistakes.is_empty() {
            return Ok(());
        }
        mistakes.dedup();
        Err(
            Error::new(ErrorKind::Declaration, mistakes.join("\n")).with_hint(
                "give one of the two another name; of one event, the newer type takes the next version",
            ),
        )
    }
}

fn check_one(
    types: &mut BTreeMap<String, &'static str>,
    mistakes: &mut Vec<String>,
    what: String,
    path: &'static str,
) {
    match types.get(&what) {
        None => drop(types.insert(what, path)),
        Some(other) if *other == path => {}
        Some(other) => mistakes.push(format!(
            "{what} is declared by two types: `{other}` and `{path}`"
        )),
    }
}
