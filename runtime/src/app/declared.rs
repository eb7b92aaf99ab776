use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt;

use annals_schema::Shape;

use crate::aggregate::{Aggregate, EventSet};
use crate::error::{Error, ErrorKind};
use crate::event::{Encoded, Event, Lineage, Misfit, Unstorable, decode, encode};

/// What was added to an app.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) aggregates: Vec<DeclaredAggregate>,
    /// Every kind of event, once for each aggregate that reads it.
    pub(crate) kinds: Vec<DeclaredKind>,
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
}

/// A kind of event, and how it is read.
pub(crate) struct DeclaredKind {
    pub(crate) lineage: &'static Lineage,
    /// The aggregate that reads it; `None` for an event outside of aggregates.
    pub(crate) aggregate: Option<&'static str>,
    /// Whether it is read as itself, and not as other events.
    pub(crate) is_itself: bool,
    read: Box<Read>,
    rewrite: Box<Rewrite>,
}

type Read = dyn Fn(u32, &[u8]) -> Result<(), Misfit> + Send + Sync;
type Rewritten<'a> = dyn FnMut(Result<Encoded, Unstorable>) + 'a;
type Rewrite = dyn Fn(u32, &[u8], &mut Rewritten<'_>) -> Result<(), Misfit> + Send + Sync;

impl DeclaredKind {
    /// Reads a payload of some version as the program would, and drops what comes out.
    pub(crate) fn read(&self, version: u32, payload: &[u8]) -> Result<(), Misfit> {
        (self.read)(version, payload)
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

impl Declared {
    pub(super) fn add_aggregate<A: Aggregate>(&mut self) {
        let aggregate = DeclaredAggregate {
            name: A::NAME,
            type_path: type_name::<A>(),
            folder: A::LOCK,
            state: A::SNAPSHOTS.map(|snapshots| snapshots.shape),
        };
        let mut known = self.aggregates.iter();
        if known.any(|known| known.type_path == aggregate.type_path) {
            return;
        }
        self.aggregates.push(aggregate);
        for kind in <A::Event as EventSet>::KINDS {
            self.kinds.push(DeclaredKind {
                lineage: kind.lineage,
                aggregate: Some(A::NAME),
                is_itself: kind.tokens.is_empty(),
                read: Box::new(|version, payload| kind.reader.read(version, payload, &mut drop)),
                rewrite: Box::new(|version, payload, each| {
                    let each = &mut |event: A::Event| each(event.encode(true));
                    kind.reader.read(version, payload, each)
                }),
            });
        }
    }

    pub(super) fn add_event<E: Event>(&mut self) {
        let path = E::LINEAGE.type_path();
        let mut known = self.kinds.iter();
        if known.any(|kind| kind.lineage.type_path() == path) {
            return;
        }
        self.kinds.push(DeclaredKind {
            lineage: E::LINEAGE,
            aggregate: None,
            is_itself: true,
            read: Box::new(|version, payload| decode::<E>(version, payload).map(drop)),
            rewrite: Box::new(|version, payload, each| {
                decode::<E>(version, payload).map(|event| each(encode(&event)))
            }),
        });
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
