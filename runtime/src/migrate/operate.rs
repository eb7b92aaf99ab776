//! What operators do with versions of projections.

use super::kind::check_projection;
use super::switch::{builds, declared, not_built};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::projection::table_name;
use crate::store::projections::{Build, BuildChange, PartId, Status};
use crate::store::{Store, Tx};

/// Halts a projection: the version that the program declares, or else the current one. Workers leave it after the page at
/// hand. Answers which version it is. An inline projection goes on changing with each append.
///
/// # Errors
/// Where there is no such projection, it is followed by nobody (it is being built, or another version took its place), or the
/// database fails.
pub async fn pause(app: &App, projection: &str) -> Result<u32, Error> {
    let store = app.connect_for_migration().await?;
    let build = followed(&store, projection).await?;
    let mut tx = store.inner.backend.begin().await?;
    set(&store, &mut tx, &build, Status::Paused).await?;
    tx.commit().await?;
    Ok(build.version)
}

/// Lets a projection go on that was paused, or that stopped at an event: the version that the program declares, or else the
/// current one. Answers which version it is.
///
/// # Errors
/// Where there is no such projection, it is followed by nobody (it is being built, or another version took its place), or the
/// database fails.
pub async fn resume(app: &App, projection: &str) -> Result<u32, Error> {
    let store = app.connect_for_migration().await?;
    let build = followed(&store, projection).await?;
    let backend = &store.inner.backend;
    let mut tx = backend.begin().await?;
    set(&store, &mut tx, &build, Status::Following).await?;
    for partition in 0..build.partitions {
        let part = PartId {
            projection: build.name.as_str().into(),
            version: build.version,
            partition,
        };
        backend.restart_partition(&mut tx, &part).await?;
    }
    tx.commit().await?;
    Ok(build.version)
}

/// Says that the rows of the declared version are what its changed handlers make: nothing is built anew.
///
/// # Errors
/// Where there is no such projection, something else is called so, the declared version is not built, or the database
/// fails.
pub async fn accept(app: &App, projection: &str) -> Result<u32, Error> {
    let store = app.connect_for_migration().await?;
    check_projection(&store, projection).await?;
    let engine = declared(&store, projection)?;
    let definition = engine.definition();
    let builds = builds(&store, projection).await?;
    if builds
        .iter()
        .all(|build| build.version != definition.version)
    {
        return Err(not_built(&definition.name, definition.version));
    }
    let backend = &store.inner.backend;
    let mut tx = backend.begin().await?;
    backend.lock_build(&mut tx, projection).await?;
    let same = BuildChange {
        fingerprint: Some(&definition.fingerprint),
        ..BuildChange::default()
    };
    backend
        .change_build(&mut tx, projection, definition.version, same)
        .await?;
    tx.commit().await?;
    Ok(definition.version)
}

/// Removes a version of a projection with its table: one that is not shown.
///
/// # Errors
/// Where there is no such version, it is the current one or a worker follows with it, something else than a projection
/// is called so, or the database fails.
pub async fn drop_version(app: &App, projection: &str, version: u32) -> Result<(), Error> {
    let store = app.connect_for_migration().await?;
    check_projection(&store, projection).await?;
    let builds = builds(&store, projection).await?;
    let Some(build) = builds.iter().find(|build| build.version == version) else {
        return Err(unknown(projection, Some(version)));
    };
    if build.is_current {
        return Err(shown(projection, version));
    }
    let backend = &store.inner.backend;
    let partitions = backend.partitions().await?;
    let mut own = partitions
        .iter()
        .filter(|of| *of.part.projection == *projection && of.part.version == version);
    if let Some((owner, _)) = own.find_map(|of| of.lease.as_ref().filter(|_| of.is_leased)) {
        return Err(Error::new(
            ErrorKind::ReadModel,
            format!(
                "version {version} of projection `{projection}` is kept up to date by worker `{owner}`"
            ),
        )
        .with_hint("stop the release that declares this version first"));
    }
    let mut tx = backend.begin().await?;
    if backend.lock_build(&mut tx, projection).await? == Some(version) {
        return Err(shown(projection, version));
    }
    backend
        .drop_table(&mut tx, &table_name(projection, version))
        .await?;
    backend.remove_build(&mut tx, projection, version).await?;
    tx.commit().await
}

/// The version that an operator means: the one that the program declares, or else the current one.
async fn meant(store: &Store, projection: &str) -> Result<Build, Error> {
    let builds = builds(store, projection).await?;
    let declared = declared(store, projection).ok();
    let version = declared.map(|engine| engine.definition().version);
    let mut own = builds.iter();
    let build = match own.find(|build| Some(build.version) == version) {
        Some(build) => Some(build),
        None => builds.iter().find(|build| build.is_current),
    };
    build.cloned().ok_or_else(|| unknown(projection, None))
}

/// The version that an operator means, which is one that workers follow with.
async fn followed(store: &Store, projection: &str) -> Result<Build, Error> {
    let build = meant(store, projection).await?;
    if matches!(build.status, Status::Following | Status::Paused) {
        return Ok(build);
    }
    let Build { name, version, .. } = &build;
    Err(Error::new(
        ErrorKind::ReadModel,
        format!(
            "version {version} of projection `{name}` is {}, and nobody follows with it",
            build.status.word()
        ),
    )
    .with_hint("run `migrate run` to build it, or `projection rollback` to return to it"))
}

async fn set(store: &Store, tx: &mut Tx, build: &Build, status: Status) -> Result<(), Error> {
    let backend = &store.inner.backend;
    backend.lock_build(tx, &build.name).await?;
    let change = BuildChange {
        status: Some(status),
        ..BuildChange::default()
    };
    backend
        .change_build(tx, &build.name, build.version, change)
        .await
}

fn shown(projection: &str, version: u32) -> Error {
    Error::new(
        ErrorKind::ReadModel,
        format!("version {version} of projection `{projection}` is the one that is shown"),
    )
    .with_hint("show another one first: `projection rollback`, or `migrate run` of another release")
}

fn unknown(projection: &str, version: Option<u32>) -> Error {
    let what = match version {
        Some(version) => {
            format!("the database has no version {version} of projection `{projection}`")
        }
        None => format!("the database has no projection `{projection}`"),
    };
    Error::new(ErrorKind::ReadModel, what).with_hint("see `projection list`")
}
