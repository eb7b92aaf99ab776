//! Shows another version of a projection, once it is no further behind than the one before.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::build::Report;
use super::building::Building;
use super::handover::Switch;
use super::kind::check_projection;
use super::run::{Progress, Stage};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::projection::{Engine, table_name};
use crate::store::Store;
use crate::store::projections::{Build, Status, Table};

/// How long to wait for another program that keeps a version up to date.
const PATIENCE: Duration = Duration::from_secs(15);

/// Long beside an attempt, which holds the partitions: workers pass over them meanwhile, and look again only seconds later.
const PAUSE: Duration = Duration::from_millis(250);

/// Shows the declared version of a projection, which is built already: what `migrate run` does last.
///
/// # Errors
/// Where the version is not built, or the database fails.
pub async fn promote(app: &App, projection: &str) -> Result<u32, Error> {
    let store = app.connect_for_migration().await?;
    check_projection(&store, projection).await?;
    let engine = declared(&store, projection)?;
    show(&store, &engine, &mut |_| {}).await?;
    Ok(engine.definition().version)
}

/// Shows the version of a projection before the current one again, or the one that is named. Answers which one it is; nothing
/// changes where that is the current one.
///
/// A version that the program declares is brought up to date first. Another one has to be kept up to date by a release that
/// declares it; that is waited for, for 15 seconds.
///
/// # Errors
/// Where there is no such version or it is not built, it is behind and nobody brings it up to date ([`ErrorKind::Behind`]), or the database
/// fails. The view is left as it is then.
pub async fn rollback(app: &App, projection: &str, version: Option<u32>) -> Result<u32, Error> {
    let store = app.connect_for_migration().await?;
    check_projection(&store, projection).await?;
    let builds = builds(&store, projection).await?;
    let current = builds.iter().find(|build| build.is_current);
    let current = current.map_or(u32::MAX, |build| build.version);
    let mut others = builds.iter().filter(|build| match version {
        Some(version) => build.version == version,
        None => build.version < current && build.status != Status::Building,
    });
    let Some(target) = others.by_ref().max_by_key(|build| build.version) else {
        return Err(no_version(projection, version, &builds));
    };
    if target.status == Status::Building {
        return Err(not_built(projection, target.version));
    }
    let (version, registered) = (target.version, store.registered());
    let engine = registered.engine(projection, version);
    show_version(&store, projection, version, engine, &mut |_| {}).await?;
    Ok(version)
}

/// Brings the declared version up to date, and shows it.
pub(super) async fn show(
    store: &Store,
    engine: &Arc<dyn Engine>,
    report: Report<'_>,
) -> Result<(), Error> {
    let definition = engine.definition();
    let builds = builds(store, &definition.name).await?;
    let mut own = builds.iter();
    let own = own.find(|build| build.version == definition.version);
    let build = own.ok_or_else(|| not_built(&definition.name, definition.version))?;
    if build.status == Status::Building {
        // Whoever built it may have been killed before that.
        let mut building = Building::new(store, engine, report).await?;
        building.index().await?;
    }
    show_version(
        store,
        &definition.name,
        definition.version,
        Some(engine),
        report,
    )
    .await
}

/// Shows a version, and brings it up to date before where the program declares it.
async fn show_version(
    store: &Store,
    projection: &str,
    version: u32,
    engine: Option<&Arc<dyn Engine>>,
    report: Report<'_>,
) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        let builds = builds(store, projection).await?;
        let target = builds.iter().find(|build| build.version == version);
        let Some(target) = target else {
            return Err(no_version(projection, Some(version), &builds));
        };
        if target.is_current {
            return Ok(());
        }
        report(&Progress {
            projection: projection.to_owned(),
            version,
            stage: Stage::Switching,
            from: 0,
            position: 0,
            target: 0,
            events: 0,
            elapsed: begun.elapsed(),
        });
        if let Some(engine) = engine {
            catch_up(store, engine, report).await?;
        }
        let current = builds.iter().find(|build| build.is_current);
        let switch = Switch {
            store,
            target,
            current,
            engine,
            table: table_of(store, engine, target).await?,
            has_effects: has_effects(store, engine, target, current),
        };
        match switch.run().await? {
            None => return Ok(()),
            Some(behind) if begun.elapsed() >= PATIENCE => return Err(behind),
            Some(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Whether one of the two acts on the world outside, as far as that is known: one that the program does not declare has
/// shown it by being retired.
fn has_effects(
    store: &Store,
    engine: Option<&Arc<dyn Engine>>,
    target: &Build,
    current: Option<&Build>,
) -> bool {
    let acts = |engine: &Arc<dyn Engine>| engine.definition().has_effects();
    let registered = store.registered();
    let of_current = current.and_then(|current| registered.engine(&current.name, current.version));
    engine.is_some_and(acts) || of_current.is_some_and(acts) || target.status == Status::Retired
}

/// Handles what has come since, beside a worker that may do the same.
async fn catch_up(
    store: &Store,
    engine: &Arc<dyn Engine>,
    report: Report<'_>,
) -> Result<(), Error> {
    let mut building = Building::new(store, engine, report).await?;
    match building.step_by_step().await {
        // Somebody else has handled it.
        Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
        done => done.map(drop),
    }
}

/// The table of a version that the program may not declare.
async fn table_of(
    store: &Store,
    engine: Option<&Arc<dyn Engine>>,
    build: &Build,
) -> Result<Option<Table>, Error> {
    if let Some(engine) = engine {
        return Ok(engine.definition().table());
    }
    let name = table_name(&build.name, build.version);
    let found = store.inner.backend.describe_table(&name).await?;
    // A view needs no more than the name: it shows all columns that there are.
    Ok(found.map(|_| Table { name, columns: &[] }))
}

pub(super) async fn builds(store: &Store, projection: &str) -> Result<Vec<Build>, Error> {
    let mut builds = store.inner.backend.builds().await?;
    builds.retain(|build| build.name == projection);
    Ok(builds)
}

/// The projection that the program declares by this name.
pub(crate) fn declared(store: &Store, projection: &str) -> Result<Arc<dyn Engine>, Error> {
    let registered = store.registered();
    let mut engines = registered.engines.iter();
    let engine = engines.find(|engine| *engine.definition().name == *projection);
    engine.cloned().ok_or_else(|| {
        let known: Vec<_> = registered
            .engines
            .iter()
            .map(|engine| format!("`{}`", engine.definition().name))
            .collect();
        Error::new(
            ErrorKind::Declaration,
            format!("the program declares no projection `{projection}`"),
        )
        .with_hint(match known.is_empty() {
            true => "add it to the app: `.projection::<..>()`".to_owned(),
            false => format!("it declares {}", known.join(", ")),
        })
    })
}

fn no_version(projection: &str, version: Option<u32>, builds: &[Build]) -> Error {
    let found: Vec<_> = builds
        .iter()
        .map(|build| build.version.to_string())
        .collect();
    let what = match version {
        Some(version) => {
            format!("the database has no version {version} of projection `{projection}`")
        }
        None => format!(
            "the database has no version of projection `{projection}` before the current one"
        ),
    };
    Error::new(ErrorKind::ReadModel, what).with_hint(match found.is_empty() {
        true => "see `projection list`".to_owned(),
        false => format!("it has {}", found.join(", ")),
    })
}

pub(super) fn not_built(projection: &str, version: u32) -> Error {
    Error::new(
        ErrorKind::ReadModel,
        format!("version {version} of projection `{projection}` is not built yet"),
    )
    .with_hint("run `migrate run` of the program that declares it")
}
