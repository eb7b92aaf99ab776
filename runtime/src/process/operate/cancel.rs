use std::sync::Arc;

use uuid::Uuid;

use super::show::find;
use crate::app::App;
use crate::append::{Expected, Group, Head, MetadataColumns, Row, check_tenant};
use crate::error::{Error, ErrorKind};
use crate::event::encode;
use crate::metadata::Metadata;
use crate::process::Cancelled;
use crate::projection::partition_of;
use crate::store::Store;
use crate::store::processes::{InstanceStatus, SavedInstance};
use crate::store::projections::PartId;
use crate::stream::StreamId;

/// Ends an instance, for a reason: nothing that happens later concerns it, its timers are gone, and so are those of its commands
/// that wait for an operator. Commands that are on the way are delivered all the same. Answers how many commands were given up.
///
/// # Errors
/// Where there is no such instance, it does not run any more, or the database fails.
pub async fn cancel(
    app: &App,
    process: &str,
    tenant: &str,
    id: &str,
    why: &str,
) -> Result<u64, Error> {
    check_tenant(tenant)?;
    let store = app.connect_for_migration().await?.tenant(tenant);
    find(&store, process, id).await?;
    let part = part(&store, process, id).await?;
    let backend = &store.inner.backend;
    let mut tx = backend.begin().await?;
    // While it is held, the instance takes no step.
    backend.lock_partition(&mut tx, &part).await?;
    let place = (Arc::<str>::from(tenant), id.to_owned());
    let found = backend
        .find_instances(&mut tx, process, std::slice::from_ref(&place))
        .await?;
    let Some(instance) = found
        .first()
        .filter(|of| of.status == InstanceStatus::Running)
    else {
        return Err(over(process, id));
    };
    let given_up = backend
        .drop_parked_deliveries(&mut tx, process, &place)
        .await?;
    backend
        .drop_timers_of(&mut tx, process, std::slice::from_ref(&place))
        .await?;
    let stream = StreamId::new(process, id);
    let cancelled = Cancelled {
        why: why.to_owned(),
    };
    let encoded =
        encode(&cancelled).map_err(|unstorable| Error::unstorable(&stream, unstorable))?;
    let limits = &store.inner.limits;
    let metadata = match instance.state.recorded().metadata().correlation() {
        Some(correlation) => Metadata::new().with_correlation(correlation),
        None => Metadata::new(),
    };
    let columns = MetadataColumns::of(&stream, metadata, limits)?;
    let row = Row::new(&stream, Uuid::now_v7(), encoded, &columns, None, limits)?;
    let group = Group {
        heads: vec![Head {
            stream,
            expected: Expected::Any,
            key: None,
            rows: vec![row],
        }],
    };
    store.append_group_in(&mut tx, &group).await?;
    let saved = SavedInstance {
        tenant: Arc::clone(&instance.tenant),
        id: instance.id.clone(),
        partition: part.partition,
        status: InstanceStatus::Cancelled,
        state_version: instance.state.recorded().version().to_i64(),
        steps: instance.steps,
    };
    backend.save_instances(&mut tx, process, &[saved]).await?;
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

fn over(process: &str, id: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("instance `{id}` of process `{process}` does not run any more"),
    )
    .with_hint(format!("see `process show {process} {id}`"))
}
