use std::fmt;

use super::kind::other_kind;
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::projection::{self, Definition, Mode};
use crate::store::Store;
use crate::store::projections::{Build, Status};

/// What has to be done so that the database holds what the program declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whether the tables of annals themselves have to be made, or brought up to this release. What projections need is not
    /// known before that.
    pub tables: bool,
    /// A step for each projection, in the order in which they were added to the app.
    pub steps: Vec<Step>,
}

/// What has to be done for one projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The projection.
    pub projection: String,
    /// The version that is declared.
    pub version: u32,
    /// The version that the view shows.
    pub current: Option<u32>,
    /// What has to be done.
    pub action: Action,
}

/// What has to be done for a projection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Nothing: the declared version is there, and shown.
    Nothing,
    /// Nothing: it keeps no rows.
    Live,
    /// It is built from the first event on.
    Build,
    /// It is half built, up to this position: it is built on.
    GoOn(u64),
    /// It is built, and only has to be shown.
    Switch,
    /// What is there by this version is not what is declared, for this reason: an operator has to decide.
    Refuse {
        /// What is different.
        why: String,
        /// What to do about it.
        cure: String,
    },
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.tables && self.steps.iter().all(Step::is_done)
    }

    /// The steps that cannot be carried out.
    pub fn refused(&self) -> impl Iterator<Item = &Step> {
        let steps = self.steps.iter();
        steps.filter(|step| matches!(step.action, Action::Refuse { .. }))
    }
}

impl Step {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.action, Action::Nothing | Action::Live)
    }
}

/// One line: `balances: version 1 → 2: build from the first event on`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step {
            projection,
            version,
            current,
            action,
        } = self;
        write!(f, "{projection}: version ")?;
        if let Some(current) = current.filter(|current| current != version) {
            write!(f, "{current} → ")?;
        }
        write!(f, "{version}: ")?;
        match action {
            Action::Nothing => f.write_str("up to date"),
            Action::Live => f.write_str("live, nothing to keep"),
            Action::Build => f.write_str("build from the first event on"),
            Action::GoOn(position) => write!(f, "build on from position {position}"),
            Action::Switch => f.write_str("built; show it"),
            Action::Refuse { why, .. } => write!(f, "refused: {why}"),
        }
    }
}

/// Compares what the program declares with what the database holds. Changes nothing.
///
/// # Errors
/// Where the app contradicts itself, or the database cannot be asked.
pub async fn plan(app: &App) -> Result<Plan, Error> {
    let store = match app.connect().await {
        Ok(store) => store,
        Err(error) if error.kind() == ErrorKind::Unmigrated => {
            let definitions = app.declared()?.projections.iter();
            let steps = definitions.map(|declared| first(&declared.definition));
            return Ok(Plan {
                tables: true,
                steps: steps.collect(),
            });
        }
        Err(error) => return Err(error),
    };
    plan_of(app, &store).await
}

pub(super) async fn plan_of(app: &App, store: &Store) -> Result<Plan, Error> {
    let builds = store.inner.backend.builds().await?;
    let mut steps = Vec::new();
    for declared in &app.declared()?.projections {
        steps.push(step(store, &declared.definition, &builds).await?);
    }
    Ok(Plan {
        tables: false,
        steps,
    })
}

fn first(definition: &Definition) -> Step {
    Step {
        projection: definition.name.to_string(),
        version: definition.version,
        current: None,
        action: match definition.mode {
            Mode::Live => Action::Live,
            Mode::Following | Mode::Inline => Action::Build,
        },
    }
}

async fn step(store: &Store, definition: &Definition, builds: &[Build]) -> Result<Step, Error> {
    let mut step = first(definition);
    if step.action == Action::Live {
        return Ok(step);
    }
    if let Some(kind) = other_kind(builds, &definition.name) {
        step.action = Action::Refuse {
            why: format!("a {kind} in the database is called so"),
            cure: "give the projection another name".to_owned(),
        };
        return Ok(step);
    }
    let of_name = || builds.iter().filter(|build| build.name == *definition.name);
    let current = of_name().find(|build| build.is_current);
    step.current = current.map(|build| build.version);
    let Some(build) = of_name().find(|build| build.version == definition.version) else {
        return Ok(step);
    };
    let backend = &store.inner.backend;
    step.action = match projection::check(backend, definition, build).await {
        Err(error) if error.kind() == ErrorKind::ReadModel => Action::Refuse {
            why: error.to_string(),
            cure: error.hint().unwrap_or_default().to_owned(),
        },
        Err(error) => return Err(error),
        Ok(()) if build.is_current => Action::Nothing,
        Ok(()) if build.status == Status::Building => {
            Action::GoOn(lowest(store, definition).await?.unsigned_abs())
        }
        Ok(()) => Action::Switch,
    };
    Ok(step)
}

/// Up to where all partitions have come.
pub(super) async fn lowest(store: &Store, definition: &Definition) -> Result<i64, Error> {
    let partitions = store.inner.backend.partitions().await?;
    let own = partitions.iter().filter(|of| {
        of.part.projection == definition.name && of.part.version == definition.version
    });
    Ok(own.map(|of| of.checkpoint).min().unwrap_or_default())
}
