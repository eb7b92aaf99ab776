use std::sync::Arc;
use std::time::Duration;

use super::plan::{Action, Plan, Step, plan_of};
use super::{build, switch, verify};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::projection::Engine;
use crate::store::Store;

/// How a migration is run. The defaults suit a job before a roll-out.
#[derive(Debug, Clone, Copy)]
#[must_use = "options do nothing until they are handed to `run`"]
pub struct Run {
    pub(super) verification: Verification,
    pub(super) switch: bool,
}

/// How a new version is verified before it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verification {
    /// Not at all.
    Skip,
    /// The rows in the table are counted, and held against the number of those that were made.
    #[default]
    Count,
    /// All events are folded a second time, in memory and by other code, and each row is compared. Takes about as long as
    /// the build, and the memory of all rows.
    Full,
}

impl Default for Run {
    fn default() -> Self {
        Run {
            verification: Verification::default(),
            switch: true,
        }
    }
}

impl Run {
    /// As it suits a job before a roll-out.
    pub fn new() -> Self {
        Run::default()
    }

    /// How new versions are verified.
    pub fn verify(mut self, verification: Verification) -> Self {
        self.verification = verification;
        self
    }

    /// Builds and verifies, and leaves the view as it is: [`promote`](super::promote) switches it.
    pub fn without_switch(mut self) -> Self {
        self.switch = false;
        self
    }
}

/// How far a migration has come.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The projection.
    pub projection: String,
    /// The version that is built.
    pub version: u32,
    /// What is being done.
    pub stage: Stage,
    /// The position at which this stage began.
    pub from: u64,
    /// The position that was reached.
    pub position: u64,
    /// The position that is to be reached, as far as it is known.
    pub target: u64,
    /// The events that were read in this stage.
    pub events: u64,
    /// The time since this stage began.
    pub elapsed: Duration,
}

impl Progress {
    /// Events in a second, since the stage began.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.events as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// How long it will still take at the rate of now; `None` where nothing can be said.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let left = self.target.saturating_sub(self.position) as f64;
        let done = self.position.saturating_sub(self.from) as f64;
        let rate = done / self.elapsed.as_secs_f64();
        let left = left / rate;
        (left.is_finite() && left < 1e9).then(|| Duration::from_secs_f64(left))
    }
}

/// What is being done for a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// It waits for somebody who builds the same version, or who was killed while doing so.
    Waiting,
    /// Events are folded.
    Building,
    /// Indexes are made.
    Indexing,
    /// Rows are compared.
    Verifying,
    /// The view is switched.
    Switching,
}

/// What was done for a projection.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// What was to be done.
    pub step: Step,
    /// The events that were read to build it.
    pub events: u64,
    /// The rows that it has; `None` where it has no table.
    pub rows: Option<u64>,
    /// The time that it took.
    pub elapsed: Duration,
    /// How many events could not be handled, or wait behind one: see `parked list`.
    pub parked: u64,
    /// Whether the view shows it now.
    pub is_shown: bool,
}

/// Makes the tables of annals where they are missing, then builds, verifies and shows the declared version of each projection.
/// Answers what was done, projection by projection; nothing where all was up to date.
///
/// Safe to be killed and run again, and to be run twice at the same time: one waits for the other.
///
/// ```
/// # async fn doc(app: annals::App) -> Result<(), annals::Error> {
/// use annals::migrate::{self, Run, Verification};
///
/// let run = Run::new().verify(Verification::Full);
/// for done in migrate::run(&app, run, &mut |_| {}).await? {
///     println!("{}: {} events", done.step, done.events);
/// }
/// # Ok(()) }
/// ```
///
/// # Errors
/// Where the plan has a step that is refused (nothing at all is done then), an event cannot be read, verification finds a
/// difference (the view is left as it is), or the database fails.
pub async fn run(
    app: &App,
    run: Run,
    progress: &mut (dyn FnMut(&Progress) + Send),
) -> Result<Vec<Outcome>, Error> {
    app.migrate_tables().await?;
    let store = app.connect_for_migration().await?;
    let plan = plan_of(app, &store).await?;
    refuse(&plan)?;
    let mut outcomes = Vec::new();
    for step in plan.steps {
        if step.is_done() {
            continue;
        }
        let registered = store.registered();
        let Some(engine) = registered.engine(&step.projection, step.version) else {
            continue;
        };
        let begun = tokio::time::Instant::now();
        let mut built = build::Built::default();
        if step.action != Action::Switch {
            built = build::build(&store, engine, run.verification, progress).await?;
        }
        let shown = verify_and_show(&store, engine, run, built.lease.is_some(), progress).await;
        if let Some(lease) = built.lease {
            lease.give_back().await;
        }
        shown?;
        outcomes.push(Outcome {
            events: built.events,
            rows: built.rows,
            elapsed: begun.elapsed(),
            parked: parked(&store, &step).await?,
            is_shown: run.switch,
            step,
        });
    }
    Ok(outcomes)
}

/// Verifies what was built here, and shows it.
async fn verify_and_show(
    store: &Store,
    engine: &Arc<dyn Engine>,
    run: Run,
    is_built: bool,
    report: build::Report<'_>,
) -> Result<(), Error> {
    if is_built && run.verification == Verification::Full {
        verify::verify(store, &**engine, report).await?;
    }
    if run.switch {
        switch::show(store, engine, report).await?;
    }
    Ok(())
}

fn refuse(plan: &Plan) -> Result<(), Error> {
    let Some(step) = plan.refused().next() else {
        return Ok(());
    };
    let Action::Refuse { why, cure } = &step.action else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::ReadModel, why).with_hint(cure))
}

async fn parked(store: &Store, step: &Step) -> Result<u64, Error> {
    let counts = store.inner.backend.count_parked().await?;
    let own = counts
        .into_iter()
        .find(|(name, version, _)| *name == step.projection && *version == step.version);
    Ok(own.map_or(0, |(_, _, count)| count))
}
