//! Builds a version from the events, beside those that are in use.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::building::Building;
use super::run::{Progress, Stage, Verification};
use super::standing::own_build;
use crate::error::Error;
use crate::projection::{Definition, Engine, Lease};
use crate::store::Store;
use crate::store::projections::{NewBuild, Status};

/// What was built.
#[derive(Default)]
pub(super) struct Built {
    pub(super) events: u64,
    pub(super) rows: Option<u64>,
    /// Keeps others from building on; `None` where somebody else has built it.
    pub(super) lease: Option<Lease>,
}

/// Reports how far a stage has come.
pub(super) type Report<'a> = &'a mut (dyn FnMut(&Progress) + Send);

/// Builds the version that is declared, from where it stands to the end of the feed. Nobody else does so until the lease in the
/// answer is given back.
pub(super) async fn build(
    store: &Store,
    engine: &Arc<dyn Engine>,
    verification: Verification,
    report: Report<'_>,
) -> Result<Built, Error> {
    begin(store, engine.definition()).await?;
    let Some(lease) = wait(store, engine.definition(), report).await? else {
        // Somebody else has built it.
        return Ok(Built::default());
    };
    let building = Building::new(store, engine, report).await;
    let mut building = match building {
        Ok(building) => building,
        Err(error) => {
            lease.give_back().await;
            return Err(error);
        }
    };
    match building.run(verification).await {
        Ok(built) => Ok(Built {
            lease: Some(lease),
            ..built
        }),
        Err(error) => {
            lease.give_back().await;
            Err(error)
        }
    }
}

/// Keeps track of the version, and makes its table.
async fn begin(store: &Store, definition: &Definition) -> Result<(), Error> {
    let backend = &store.inner.backend;
    let effects_after = match definition.has_effects() {
        true => backend.end().await?,
        false => 0,
    };
    let mut tx = backend.begin().await?;
    backend.lock_build(&mut tx, &definition.name).await?;
    let new = NewBuild {
        effects_after,
        ..definition.new_build(definition.mode.word(), Status::Building)
    };
    if backend.add_build(&mut tx, &new).await?
        && let Some(table) = definition.table()
    {
        backend.create_table(&mut tx, &table).await?;
    }
    tx.commit().await
}

/// Waits until nobody else builds the version; `None` where it is built then.
async fn wait(
    store: &Store,
    definition: &Definition,
    report: Report<'_>,
) -> Result<Option<Lease>, Error> {
    let begun = Instant::now();
    let is_building = || async {
        let build = own_build(store, definition).await?;
        Ok::<_, Error>(build.is_some_and(|build| build.status == Status::Building))
    };
    loop {
        if !is_building().await? {
            return Ok(None);
        }
        let parts: Vec<_> = definition.parts().collect();
        if let Some(lease) = Lease::take(store, &parts).await? {
            // Who had it before may have finished in the meantime.
            if is_building().await? {
                return Ok(Some(lease));
            }
            lease.give_back().await;
            return Ok(None);
        }
        report(&Progress {
            projection: definition.name.to_string(),
            version: definition.version,
            stage: Stage::Waiting,
            from: 0,
            position: 0,
            target: 0,
            events: 0,
            elapsed: begun.elapsed(),
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
