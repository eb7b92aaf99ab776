//! From stored events to the handlers of a projection: by the same path by which aggregates read them.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::definition::{Definition, Handled};
use crate::aggregate::{Aggregate, AnyEvent, EventSet};
use crate::error::{Error, ErrorKind};
use crate::event::{Lineage, Misfit, Recorded};

/// Events that an aggregate reads as others: whoever sees the aggregate's events sees these others, too.
#[derive(Debug, Default)]
pub(crate) struct Sources(Vec<Source>);

struct Source {
    aggregate: &'static str,
    lineage: &'static Lineage,
    read: Box<ReadAs>,
}

type ReadAs = dyn Fn(u32, &[u8], &mut dyn FnMut(AnyEvent)) -> Result<(), Misfit> + Send + Sync;

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.lineage.name, self.aggregate)
    }
}

impl Sources {
    pub(crate) fn add<A: Aggregate>(&mut self) {
        let kinds = <A::Event as EventSet>::KINDS.iter();
        self.0.extend(
            kinds
                .filter(|kind| kind.is_read_as_others())
                .map(|kind| Source {
                    aggregate: A::NAME,
                    lineage: kind.lineage,
                    read: Box::new(|version, payload, each| {
                        kind.reader
                            .read(version, payload, &mut |event| each(event.into_any()))
                    }),
                }),
        );
    }

    fn find(&self, recorded: &Recorded) -> Option<&Source> {
        let mut sources = self.0.iter();
        sources.find(|source| {
            source.aggregate == recorded.stream().category()
                && source.lineage.is_named(recorded.event_type())
        })
    }
}

/// How stored events reach the handlers of one projection.
#[derive(Debug, Clone)]
pub(crate) struct Routes {
    handled: Arc<[Handled]>,
    sources: Arc<Sources>,
}

/// A stored event as a handler sees it.
pub(crate) struct Routed {
    /// The place of the handler.
    pub(crate) handler: usize,
    pub(crate) event: AnyEvent,
}

impl Routes {
    pub(crate) fn of(definition: &Definition, sources: &Arc<Sources>) -> Self {
        Routes {
            handled: definition.handled.as_slice().into(),
            sources: Arc::clone(sources),
        }
    }

    /// The kinds of events that have to be looked at.
    fn lineages(&self) -> impl Iterator<Item = &'static Lineage> + '_ {
        let handled = self.handled.iter().map(|handled| handled.lineage);
        let others = self.sources.0.iter().map(|source| source.lineage);
        handled.chain(others)
    }

    /// The names under which the events that have to be looked at are stored.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .lineages()
            .flat_map(|lineage| {
                std::iter::once(lineage.name).chain(lineage.aliases.iter().copied())
            })
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Whether an event that is stored under this name has to be looked at.
    pub(crate) fn concerns(&self, name: &str) -> bool {
        self.lineages().any(|lineage| lineage.is_named(name))
    }

    /// What the handlers see of a stored event: most often one event, or none.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(crate) fn read(
        &self,
        recorded: &Recorded,
        payload: &[u8],
        read: impl Fn(usize, u32, &[u8]) -> Result<AnyEvent, Misfit>,
        routed: &mut Vec<Routed>,
    ) -> Result<(), Error> {
        let version = recorded.schema_version();
        let done = if let Some(source) = self.sources.find(recorded) {
            (source.read)(version, payload, &mut |event| {
                // Of the trait object inside the box, not of the box.
                let of: &(dyn Any + Send + Sync) = &*event;
                let id = of.type_id();
                let place = self.handled.iter().position(|handled| handled.event == id);
                routed.extend(place.map(|handler| Routed { handler, event }));
            })
        } else {
            let mut handled = self.handled.iter();
            match handled.position(|handled| handled.lineage.is_named(recorded.event_type())) {
                Some(handler) => read(handler, version, payload).map(|event| {
                    routed.push(Routed { handler, event });
                }),
                None => Ok(()),
            }
        };
        done.map_err(|misfit| Error::undecodable(recorded, misfit))
    }

    /// Checks that whatever is handled is known to belong to an aggregate, or to none: an aggregate that is not known could
    /// read it as something else.
    ///
    /// # Errors
    /// Where an event is not among those that are known.
    pub(crate) fn check_known(
        &self,
        projection: &str,
        is_known: impl Fn(&Lineage) -> bool,
    ) -> Result<(), Error> {
        let mut handled = self.handled.iter();
        let Some(unknown) = handled.find(|handled| !is_known(handled.lineage)) else {
            return Ok(());
        };
        let Lineage {
            name, type_name, ..
        } = unknown.lineage;
        Err(Error::new(
            ErrorKind::Declaration,
            format!(
                "projection `{projection}` handles event `{name}` (`{type_name}`), which no aggregate of the app reads"
            ),
        )
        .with_hint(format!(
            "add its aggregate to the app: `.aggregate::<..>()`, or the event alone: `.event::<{type_name}>()`"
        )))
    }
}
