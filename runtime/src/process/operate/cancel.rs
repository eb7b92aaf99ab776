use std::sync::Arc;

use super::find::{find, words};
use crate::app::App;
use crate::append::{Append, Expected, NewEvent, check_tenant};
use crate::error::{Error, ErrorKind};
use crate::metadata::Metadata;
use crate::process::Cancelled;
use crate::projection::partition_of;
use crate::store::processes::{FoundInstance, InstancePlace, InstanceStatus, SavedInstance};
use crate::store::projections::{ParkedPlace, PartId};
use crate::store::{Store, Tx};
use crate::stream::StreamId;

/// What waited for an operator, and was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct GivenUp {
    /// Commands that could not be delivered.
    pub commands: u64,
    /// Events that concern the instance and to which it could not react, with those behind them.
    pub events: u64,
}

/// Ends an instance, for a reason: nothing that happens later concerns it, its timers are gone, and what waits for an
/// operator is given up. Commands that are on the way are delivered all the same. Answers what was given up.
///
/// Of an instance that runs no more, only what waits for an operator is given up.
///
/// # Errors
/// Where there is no such instance, it runs no more and nothing of it waits for an operator, or the database fails.
pub async fn cancel(
    app: &App,
    process: &str,
    tenant: &str,
    id: &str,
    why: &str,
) -> Result<GivenUp, Error> {
    check_tenant(tenant)?;
    let store = app.connect_for_migration().await?.tenant(tenant);
    find(app, &store, process, id).await?;
    let part = part(&store, process, id).await?;
    let backend = &store.inner.backend;
    let mut tx = backend.begin().await?;
    // While it is held, the instance takes no step.
    backend.lock_partition(&mut tx, &part).await?;
    let place = (Arc::<str>::from(tenant), id.to_owned());
    let found = backend
        .find_instances(&mut tx, process, std::slice::from_ref(&place))
        .await?;
    let Some(instance) = found.first() else {
        return Err(over(process, tenant, id));
    };
    let given_up = give_up(&store, &mut tx, &part, &place).await?;
    let is_running = instance.status == InstanceStatus::Running;
    if !is_running && given_up == GivenUp::default() {
        return Err(over(process, tenant, id));
    }
    append(&store, &mut tx, process, instance, why).await?;
    if is_running {
        backend
            .drop_timers_of(&mut tx, process, std::slice::from_ref(&place))
            .await?;
        let saved = SavedInstance {
            tenant: Arc::clone(&instance.tenant),
            id: instance.id.clone(),
            partition: part.partition,
            status: InstanceStatus::Cancelled,
            state_version: instance.state.recorded().version().to_i64(),
            steps: instance.steps,
        };
        backend.save_instances(&mut tx, process, &[saved]).await?;
    }
    tx.commit().await?;
    Ok(given_up)
}

/// The partition that takes care of an instance.
async fn part(store: &Store, process: &str, id: &str) -> Result<PartId, Error> {
    let builds = store.inner.backend.builds().await?;
    let mut current = builds.iter();
    let Some(build) = current.find(|build| build.name == process && build.is_current) else {
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("the database keeps track of no process `{process}`"),
        )
        .with_hint("see `process list`"));
    };
    let tenant = Arc::from(store.tenant_name());
    Ok(PartId {
        projection: process.into(),
        version: build.version,
        partition: partition_of(&tenant, id, build.partitions),
    })
}

async fn give_up(
    store: &Store,
    tx: &mut Tx,
    part: &PartId,
    instance: &InstancePlace,
) -> Result<GivenUp, Error> {
    let backend = &store.inner.backend;
    let commands = backend
        .drop_parked_deliveries(tx, &part.projection, instance)
        .await?;
    let (tenant, id) = instance;
    let place = ParkedPlace {
        projection: &part.projection,
        version: part.version,
        tenant,
        key: id,
    };
    let parked = backend.parked_of(tx, place).await?;
    let positions: Vec<_> = parked.iter().map(|one| one.position).collect();
    if !positions.is_empty() {
        backend.unpark(tx, place, &positions).await?;
    }
    Ok(GivenUp {
        commands,
        events: positions.len() as u64,
    })
}

/// Records in the stream of the instance that it was ended.
async fn append(
    store: &Store,
    tx: &mut Tx,
    process: &str,
    instance: &FoundInstance,
    why: &str,
) -> Result<(), Error> {
    let stream = StreamId::new(process, &instance.id);
    let cancelled = Cancelled {
        why: why.to_owned(),
    };
    let metadata = match instance.state.recorded().metadata().correlation() {
        Some(correlation) => Metadata::new().with_correlation(correlation),
        None => Metadata::new(),
    };
    let event = NewEvent::of(&cancelled).metadata(metadata);
    let append = Append::to(&stream, Expected::Any, [event]);
    store.append_in(tx, append).await.map(drop)
}

fn over(process: &str, tenant: &str, id: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("instance `{id}` of process `{process}` does not run any more"),
    )
    .with_hint(format!("see `process show {}`", words(process, tenant, id)))
}
