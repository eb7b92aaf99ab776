//! Shows another version of a projection: one transaction, in which it is no further behind than the one before.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::build::{Building, Report, lowest, shown};
use super::finish::finish;
use super::run::{Progress, Stage};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::projection::{Engine, table_name};
use crate::store::projections::{Build, BuildChange, Held, PartId, Status, Table};
use crate::store::{Store, Tx};

/// How long to wait for another program that keeps a version up to date.
const PATIENCE: Duration = Duration::from_secs(15);

const PAUSE: Duration = Duration::from_millis(50);

/// Shows the declared version of a projection, which is built already: what `migrate run` does last.
///
/// # Errors
/// Where the version is not built, or the database fails.
pub async fn promote(app: &App, projection: &str) -> Result<u32, Error> {
    let store = app.connect_for_migration().await?;
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

/// One version takes the place of another.
struct Switch<'a> {
    store: &'a Store,
    target: &'a Build,
    current: Option<&'a Build>,
    engine: Option<&'a Arc<dyn Engine>>,
    table: Option<Table>,
    has_effects: bool,
}

impl Switch<'_> {
    /// Switches, or answers in what way the version is behind.
    async fn run(&self) -> Result<Option<Error>, Error> {
        let backend = &self.store.inner.backend;
        let name = &self.target.name;
        let mut tx = backend.begin().await?;
        let shown_now = backend.lock_build(&mut tx, name).await?;
        if shown_now != self.current.map(|current| current.version) {
            tx.rollback().await?;
            return Ok(Some(self.overtaken()));
        }
        let mut own = self.hold(&mut tx, self.target).await?;
        let old = match self.current {
            Some(current) => self.hold(&mut tx, current).await?,
            None => own.clone(),
        };
        let Some(needed) = self.needed(&own, &old) else {
            tx.rollback().await?;
            return Ok(Some(self.uneven(&old)));
        };
        if let Some(engine) = self.engine
            && is_behind(&own, &needed)
            && finish(self.store, engine, &mut tx, &needed).await?
        {
            own.clone_from(&needed);
        }
        if is_behind(&own, &needed) {
            tx.rollback().await?;
            return Ok(Some(self.behind(lowest(&own), lowest(&old))));
        }
        if let Some(table) = &self.table {
            backend.point_view(&mut tx, name, table).await?;
        }
        // What the one before has done about events is not done again, and what it has not done is left to this one.
        let effects_after = self.has_effects.then_some(lowest(&needed));
        backend
            .change_build(&mut tx, name, self.target.version, shown(effects_after))
            .await?;
        if let Some(current) = self.current {
            let hidden = BuildChange {
                is_current: Some(false),
                status: self.has_effects.then_some(Status::Retired),
                ..BuildChange::default()
            };
            backend
                .change_build(&mut tx, name, current.version, hidden)
                .await?;
        }
        tx.commit().await?;
        Ok(None)
    }

    /// Holds all partitions of a version, and answers where they stand.
    async fn hold(&self, tx: &mut Tx, build: &Build) -> Result<Vec<i64>, Error> {
        let mut checkpoints = Vec::new();
        for partition in 0..build.partitions {
            let part = PartId {
                projection: build.name.as_str().into(),
                version: build.version,
                partition,
            };
            let held: Option<Held> = self.store.inner.backend.lock_partition(tx, &part).await?;
            checkpoints.push(held.map_or(0, |held| held.checkpoint));
        }
        Ok(checkpoints)
    }

    /// Where each partition has to stand so that it can take over; `None` where that cannot be said now.
    ///
    /// Rows have to be no older than those before. Effects have to begin where they ended: partition by partition, since some
    /// may be ahead of others, and a key is in the same one in both versions where they have the same number of them.
    fn needed(&self, own: &[i64], old: &[i64]) -> Option<Vec<i64>> {
        let is_even = old.iter().all(|at| *at == lowest(old));
        match self.has_effects && !is_even {
            false => Some(vec![lowest(old); own.len()]),
            true if own.len() == old.len() => Some(old.to_vec()),
            true => None,
        }
    }

    fn overtaken(&self) -> Error {
        let name = &self.target.name;
        Error::new(
            ErrorKind::Conflict,
            format!("another program shows other versions of projection `{name}` all the time"),
        )
        .with_hint("end one of the two, and try again")
    }

    fn uneven(&self, old: &[i64]) -> Error {
        let Build { name, version, .. } = self.current.unwrap_or(self.target);
        Error::new(
            ErrorKind::Behind,
            format!(
                "a partition of projection `{name}` version {version} has come to position {}, and another one to position {}: with \
                 another number of partitions, what it does about the events in between would be done twice, or not at all",
                lowest(old),
                old.iter().max().copied().unwrap_or_default(),
            ),
        )
        .with_hint(format!(
            "see with `projection status` what holds it up; start a release that declares version {version}, and try again"
        ))
    }

    fn behind(&self, own: i64, old: i64) -> Error {
        let Build { name, version, .. } = self.target;
        Error::new(
            ErrorKind::Behind,
            format!(
                "version {version} of projection `{name}` has come to position {own}, and the current one to position {old}"
            ),
        )
        .with_hint(format!(
            "run this from a release that declares version {version} of `{name}`, which brings it up to date, or start one"
        ))
    }
}

fn is_behind(own: &[i64], needed: &[i64]) -> bool {
    own.iter().zip(needed).any(|(own, needed)| own < needed)
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
