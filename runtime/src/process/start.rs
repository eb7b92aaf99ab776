//! Sees that the database keeps track of each process, before anybody works with it.

use std::sync::Arc;

use crate::error::{DRAFT_HINT, Error, ErrorKind};
use crate::event::Lineage;
use crate::projection::{Definition, Engine, add_current};
use crate::store::projections::{Build, BuildChange, NewBuild, PartId, Status};
use crate::store::{Store, Tx};

/// As which processes stand among projections.
pub(crate) const MODE: &str = "process";

/// Begins with those processes that the database does not know yet, at what happens from now on, and takes over from older
/// versions where they stand.
///
/// # Errors
/// Where the same version reacts to other things, or what it stores is a draft that the store does not take.
pub(crate) async fn prepare(
    store: &Store,
    engines: &[Arc<dyn Engine>],
    stored: impl Iterator<Item = &'static Lineage>,
) -> Result<(), Error> {
    if engines.is_empty() {
        return Ok(());
    }
    let mut drafts = stored.filter(|lineage| !lineage.release.is_locked);
    if let Some(draft) = drafts.next().filter(|_| !store.inner.limits.drafts) {
        return Err(of_draft(draft));
    }
    for engine in engines {
        take_up(store, engine.definition()).await?;
    }
    Ok(())
}

async fn take_up(store: &Store, definition: &Definition) -> Result<(), Error> {
    let backend = &store.inner.backend;
    // What happened before a process was there does not concern it.
    let mut past = None;
    loop {
        let builds = backend.builds().await?;
        let mut of_name = builds.iter().filter(|build| build.name == *definition.name);
        let mut tx = backend.begin().await?;
        let shown = backend.lock_build(&mut tx, &definition.name).await?;
        let current = of_name.find(|build| Some(build.version) == shown);
        match current {
            // Another program was faster.
            None if shown.is_some() => {
                tx.rollback().await?;
                continue;
            }
            None => {
                let Some(past) = past else {
                    tx.rollback().await?;
                    past = Some(backend.end().await?);
                    continue;
                };
                begin(store, &mut tx, definition, Status::Following, past).await?;
            }
            Some(build) if build.mode != MODE => return Err(other_kind(definition, build)),
            Some(build) if build.version == definition.version => {
                check(definition, build)?;
                return tx.rollback().await;
            }
            Some(build) if build.version > definition.version => {
                // A program of an older release may still do everything else.
                let newer = build.version;
                tracing::warn!(
                    process = &*definition.name,
                    version = definition.version,
                    newer,
                    "a newer version is at work, which this program leaves the instances to"
                );
                return tx.rollback().await;
            }
            Some(build) => take_over(store, &mut tx, definition, build).await?,
        }
        return tx.commit().await;
    }
}

async fn begin(
    store: &Store,
    tx: &mut Tx,
    definition: &Definition,
    status: Status,
    checkpoint: i64,
) -> Result<(), Error> {
    let backend = &store.inner.backend;
    let new = NewBuild {
        checkpoint,
        ..definition.new_build(MODE, status)
    };
    add_current(backend, tx, &new).await.map(drop)
}

/// Goes on where an older version stands, which nobody follows any more from then on. What could not be handled stays with
/// the instances.
async fn take_over(
    store: &Store,
    tx: &mut Tx,
    definition: &Definition,
    older: &Build,
) -> Result<(), Error> {
    if older.partitions != definition.partitions {
        return Err(partitions(definition, older));
    }
    let backend = &store.inner.backend;
    let retired = BuildChange {
        status: Some(Status::Retired),
        is_current: Some(false),
        ..BuildChange::default()
    };
    backend
        .change_build(tx, &definition.name, older.version, retired)
        .await?;
    begin(store, tx, definition, older.status, 0).await?;
    for part in definition.parts() {
        let before = PartId {
            version: older.version,
            ..part.clone()
        };
        let held = backend.lock_partition(tx, &before).await?;
        let checkpoint = held.map_or(0, |held| held.checkpoint);
        backend.move_partition(tx, &part, checkpoint).await?;
    }
    backend
        .repark(tx, &definition.name, older.version, definition.version)
        .await
}

/// # Errors
/// Where the same version was declared in another way.
fn check(definition: &Definition, build: &Build) -> Result<(), Error> {
    if build.partitions != definition.partitions {
        return Err(partitions(definition, build));
    }
    if build.fingerprint == definition.fingerprint {
        return Ok(());
    }
    let Definition { name, version, .. } = definition;
    let next = version + 1;
    Err(Error::new(
        ErrorKind::Declaration,
        format!("process `{name}` version {version} reacts to other events than it does where it is at work"),
    )
    .with_hint(format!(
        "make it `version = {next}`: the new release then takes over where the old one stands"
    )))
}

fn partitions(definition: &Definition, build: &Build) -> Error {
    let Definition {
        name, partitions, ..
    } = definition;
    Error::new(
        ErrorKind::Declaration,
        format!(
            "process `{name}` is declared with {partitions} partitions, and is at work with {}",
            build.partitions
        ),
    )
    .with_hint(format!("write `partitions = {}`", build.partitions))
}

fn other_kind(definition: &Definition, build: &Build) -> Error {
    let name = &definition.name;
    Error::new(
        ErrorKind::Declaration,
        format!(
            "process `{name}` has the name of something else in the database: of a projection or a relay, which is {}",
            build.mode
        ),
    )
    .with_hint("give the process another name")
}

fn of_draft(lineage: &Lineage) -> Error {
    Error::new(
        ErrorKind::Draft,
        format!(
            "`{}` version {}, which a process stores, is a draft, and this store takes released versions alone",
            lineage.name, lineage.version
        ),
    )
    .with_hint(DRAFT_HINT)
}
