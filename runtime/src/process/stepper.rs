//! Lets the instances of a process react to what the feed and their timers bring.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::arrived::{Arrived, What, arrived};
use super::commands::Commands;
use super::deliverer::Deliverer;
use super::input::Unstepped;
use super::instance::Instance;
use super::record::Consequences;
use super::{Process, Refused};
use crate::append::{Appended, Group};
use crate::error::{Error, ErrorKind};
use crate::event::{Recorded, RecordedEvent};
use crate::projection::{
    Beside, Definition, Doing, Engine, Halt, Page, Routes, Sources, Taken, Taking, new_parked, tell,
};
use crate::store::processes::{DueTimer, InstancePlace};
use crate::store::projections::PartId;
use crate::store::row::Page as Stored;
use crate::store::{Backend, Store, Tx};
use crate::stream::Version;

/// How many timers are reacted to in one transaction, at most.
const TIMERS: u32 = 200;

/// Takes the steps of process `P`.
pub(crate) struct Stepper<P> {
    definition: Definition,
    routes: Routes,
    commands: Arc<Commands>,
    /// How often commands may have been sent.
    sent: watch::Sender<u64>,
    process: PhantomData<fn() -> P>,
}

/// The instances that a page concerns.
struct Instances<P> {
    list: Vec<Instance<P>>,
    places: HashMap<InstancePlace, usize>,
}

impl<P: Process> Stepper<P> {
    pub(crate) fn new(sources: &Arc<Sources>, commands: &Arc<Commands>) -> Self {
        let definition = Definition::of_process::<P>();
        Stepper {
            routes: Routes::of(&definition, sources),
            definition,
            commands: Arc::clone(commands),
            sent: watch::Sender::new(0),
            process: PhantomData,
        }
    }

    async fn take_page(&self, store: &Store, tx: &mut Tx, page: &Page<'_>) -> Result<Taken, Error> {
        let backend = &store.inner.backend;
        let (arrived, mut halt) = arrived::<P>(&self.routes, page);
        let timers = match page.only {
            None => backend.due_timers(tx, page.part, TIMERS).await?,
            Some(_) => Vec::new(),
        };
        if arrived.is_empty() && timers.is_empty() {
            return Ok(Taken::up_to(page, halt));
        }
        let mut instances = Instances::of(&arrived, &timers);
        instances.find(backend, tx).await?;
        let stopped = self
            .react_to_events(store, tx, page, &arrived, &mut instances)
            .await?;
        // What comes after an event that stops the partition is left alone, timers included.
        let stopped = match stopped {
            Some(stopped) => Some(stopped),
            None => {
                self.react_to_timers(store, tx, page, &timers, &mut instances)
                    .await?
            }
        };
        halt = stopped.or(halt);
        self.write(store, tx, instances).await?;
        Ok(Taken::up_to(page, halt))
    }

    async fn react_to_events(
        &self,
        store: &Store,
        tx: &mut Tx,
        page: &Page<'_>,
        arrived: &[Arrived],
        instances: &mut Instances<P>,
    ) -> Result<Option<Halt>, Error> {
        let backend = &store.inner.backend;
        let mut parked = self.parked(backend, tx, instances).await?;
        let mut waiting = Vec::new();
        let mut halt = None;
        for one in arrived {
            let recorded = page.events[one.at].recorded();
            let Arrived { place, what, .. } = one;
            let at = instances.places[place];
            if parked[at] {
                waiting.push(new_parked(page, &place.1, recorded, None));
                continue;
            }
            let instance = &mut instances.list[at];
            match self.react_to(store, tx, instance, recorded, what).await? {
                Ok(()) => {}
                Err(Unstepped::Unread(error)) if error.kind() == ErrorKind::NewerEvent => {
                    halt = Some(Halt::unreadable(recorded, error));
                    break;
                }
                Err(unstepped) => {
                    let failure = unstepped.into_failure();
                    tell(&self.definition, recorded, &failure);
                    parked[at] = true;
                    waiting.push(new_parked(page, &place.1, recorded, Some(&failure)));
                }
            }
        }
        if !waiting.is_empty() {
            backend.park(tx, page.part, &waiting).await?;
        }
        Ok(halt)
    }

    async fn react_to(
        &self,
        store: &Store,
        tx: &mut Tx,
        instance: &mut Instance<P>,
        recorded: &Recorded,
        what: &What,
    ) -> Result<Result<(), Unstepped>, Error> {
        let limits = &store.inner.limits;
        match what {
            What::Event { input, event } => {
                Ok(instance.take_event(*input, &**event, recorded, limits))
            }
            What::Refusal { input, refused } => {
                if !instance.is_running() {
                    return Ok(Ok(()));
                }
                let command = command(store, tx, recorded, refused).await?;
                instance.take_refusal(*input, refused, &command, recorded, limits)
            }
        }
    }

    async fn react_to_timers(
        &self,
        store: &Store,
        tx: &mut Tx,
        page: &Page<'_>,
        timers: &[DueTimer],
        instances: &mut Instances<P>,
    ) -> Result<Option<Halt>, Error> {
        let limits = &store.inner.limits;
        for timer in timers {
            let name = &timer.place.name;
            let place = (
                Arc::clone(&timer.place.tenant),
                timer.place.instance.clone(),
            );
            let instance = &mut instances.list[instances.places[&place]];
            if !instance.is_running() {
                instance.record.consume(name);
                continue;
            }
            // An event of this page has cancelled it, or set it to another time.
            if instance.record.has_changed_timer(name) {
                continue;
            }
            match instance.take_timer(timer, limits) {
                Ok(()) => {}
                Err(Unstepped::Unread(error)) if error.kind() == ErrorKind::NewerEvent => {
                    // All events of the page are handled.
                    return Ok(Some(Halt::Newer {
                        position: page.checkpoint.saturating_add(1),
                        error,
                    }));
                }
                Err(unstepped) => {
                    let failure = unstepped.into_failure();
                    tell(&self.definition, timer.content.recorded(), &failure);
                    store
                        .inner
                        .backend
                        .fail_timer(tx, P::PROCESS, &timer.place, &failure.to_string())
                        .await?;
                }
            }
        }
        Ok(None)
    }

    /// Of which instances an event is parked already, in their order.
    async fn parked(
        &self,
        backend: &Backend,
        tx: &mut Tx,
        instances: &Instances<P>,
    ) -> Result<Vec<bool>, Error> {
        let (name, version) = (P::PROCESS, P::PROCESS_VERSION);
        let mut parked = vec![false; instances.list.len()];
        if !backend.has_parked(tx, name, version).await? {
            return Ok(parked);
        }
        let places: Vec<_> = instances.places.keys().cloned().collect();
        for place in backend.parked_keys(tx, name, version, &places).await? {
            if let Some(at) = instances.places.get(&place) {
                parked[*at] = true;
            }
        }
        Ok(parked)
    }

    /// Appends what was decided, and keeps what follows from it.
    async fn write(
        &self,
        store: &Store,
        tx: &mut Tx,
        mut instances: Instances<P>,
    ) -> Result<(), Error> {
        let appended = append::<P>(store, tx, &mut instances.list).await?;
        let backend = &store.inner.backend;
        let (mut saved, mut over, mut all) = (Vec::new(), Vec::new(), Consequences::default());
        for instance in &instances.list {
            let appended = appended.get(&instance.place);
            let one = instance
                .record
                .consequences(&instance.place, instance.partition, appended);
            let Some(appended) = appended else {
                all.dropped.extend(one.dropped);
                continue;
            };
            saved.push(instance.saved(instance.record.state_version(appended)));
            all.deliveries.extend(one.deliveries);
            if instance.is_over() {
                over.push(instance.place.clone());
            } else {
                all.set.extend(one.set);
                all.dropped.extend(one.dropped);
            }
        }
        if !saved.is_empty() {
            backend.save_instances(tx, P::PROCESS, &saved).await?;
        }
        if !all.dropped.is_empty() {
            backend.drop_timers(tx, P::PROCESS, &all.dropped).await?;
        }
        if !over.is_empty() {
            backend.drop_timers_of(tx, P::PROCESS, &over).await?;
        }
        if !all.set.is_empty() {
            backend.set_timers(tx, P::PROCESS, &all.set).await?;
        }
        if !all.deliveries.is_empty() {
            backend
                .add_deliveries(tx, P::PROCESS, &all.deliveries)
                .await?;
        }
        Ok(())
    }
}

/// Appends what the instances decided: an append for each tenant, since a store belongs to one.
async fn append<P: Process>(
    store: &Store,
    tx: &mut Tx,
    instances: &mut [Instance<P>],
) -> Result<HashMap<InstancePlace, Appended>, Error> {
    let mut tenants: HashMap<Arc<str>, (Vec<InstancePlace>, Group)> = HashMap::new();
    for instance in instances.iter_mut().filter(|of| !of.record.is_empty()) {
        let tenant = Arc::clone(&instance.place.0);
        let of_tenant = Arc::clone(&tenant);
        let (places, group) = tenants.entry(tenant).or_insert_with(|| {
            let group = Group {
                tenant: of_tenant,
                heads: Vec::new(),
            };
            (Vec::new(), group)
        });
        places.push(instance.place.clone());
        let stream = instance.stream().clone();
        group.heads.push(instance.record.head(stream));
    }
    let mut appended = HashMap::new();
    for (tenant, (places, group)) in tenants {
        let receipt = store.tenant(&tenant).append_group_in(tx, &group).await?;
        appended.extend(places.into_iter().zip(receipt.streams));
    }
    Ok(appended)
}

/// The command that was refused, from the stream of the instance.
async fn command(
    store: &Store,
    tx: &mut Tx,
    recorded: &Recorded,
    refused: &Refused,
) -> Result<RecordedEvent, Error> {
    let version = Version::new(refused.command_version);
    let page = Stored {
        tenant: recorded.tenant_name(),
        stream: recorded.stream(),
        from: version,
        to: version,
        backwards: false,
        limit: 1,
    };
    let (_, events) = store.inner.backend.page_in(tx, page).await?;
    let mut events = events.into_iter();
    let command = events.find(|event| event.recorded().event_id() == refused.command_id);
    command.ok_or_else(|| {
        let what = format!("event {version} is not the command of which it records a refusal");
        Error::corrupt(recorded.stream(), what)
    })
}

impl<P: Process> Instances<P> {
    fn of(arrived: &[Arrived], timers: &[DueTimer]) -> Self {
        let mut instances = Instances {
            list: Vec::new(),
            places: HashMap::new(),
        };
        let of_events = arrived.iter().map(|one| one.place.clone());
        let of_timers = timers.iter().map(|timer| {
            let place = &timer.place;
            (Arc::clone(&place.tenant), place.instance.clone())
        });
        for place in of_events.chain(of_timers) {
            let next = instances.list.len();
            instances.places.entry(place).or_insert_with_key(|place| {
                instances.list.push(Instance::new(place.clone()));
                next
            });
        }
        instances
    }

    async fn find(&mut self, backend: &Backend, tx: &mut Tx) -> Result<(), Error> {
        let places: Vec<_> = self.places.keys().cloned().collect();
        for found in backend.find_instances(tx, P::PROCESS, &places).await? {
            let place = (Arc::clone(&found.tenant), found.id.clone());
            if let Some(at) = self.places.get(&place) {
                self.list[*at].found(found);
            }
        }
        Ok(())
    }
}

impl<P: Process> Engine for Stepper<P> {
    fn definition(&self) -> &Definition {
        &self.definition
    }

    fn routes(&self) -> &Routes {
        &self.routes
    }

    fn take<'a>(&'a self, store: &'a Store, tx: &'a mut Tx, page: Page<'a>) -> Taking<'a> {
        Box::pin(async move { self.take_page(store, tx, &page).await })
    }

    fn due_in<'a>(&'a self, backend: &'a Backend, part: &'a PartId) -> Doing<'a, Option<Duration>> {
        Box::pin(backend.timer_due_in(part))
    }

    fn committed(&self) {
        self.sent.send_modify(|times| *times += 1);
    }

    fn beside(&self, store: &Store, part: &PartId, stop: CancellationToken) -> Option<Beside> {
        let deliverer = Deliverer {
            store: store.clone(),
            part: part.clone(),
            commands: Arc::clone(&self.commands),
            sent: self.sent.subscribe(),
        };
        Some(Box::pin(deliverer.run(stop)))
    }
}
