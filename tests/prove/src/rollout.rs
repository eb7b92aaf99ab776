//! A second release, which is rolled out beside the first and taken back, again and again: what operators do in which order.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::field::Field;
use crate::history::Step;
use crate::operator::Order;
use crate::raw::Raw;
use crate::stored::has_version;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long the step at hand may take, when no fault is done any more.
const PATIENCE: Duration = Duration::from_secs(300);

/// Between two steps lies so many times what the last one took, so that clients do most of the work.
const PACE: u32 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// An operator is called.
    Operate(Step),
    /// Half of the workers become those of a release.
    Release(u32),
}

const STEPS: [Next; 10] = [
    Next::Operate(Step::Migrate),
    Next::Release(2),
    Next::Operate(Step::Rebuild),
    Next::Operate(Step::RollBack),
    Next::Operate(Step::Promote),
    Next::Operate(Step::Rebuild),
    Next::Operate(Step::RollBack),
    Next::Release(1),
    Next::Operate(Step::Drop),
    Next::Operate(Step::Rebuild),
];

/// How far the releases have come.
#[derive(Debug)]
pub(crate) struct Rollout {
    folder: PathBuf,
    at: usize,
    /// How many operators there were.
    number: u64,
    operator: Option<Child>,
    begun: Instant,
    /// When the next step may begin.
    next: Instant,
    in_full: bool,
}

impl Rollout {
    /// With the folder of the history, and whether new versions are verified row by row.
    pub(crate) fn new(folder: PathBuf, in_full: bool) -> Self {
        Rollout {
            folder,
            at: 0,
            number: 0,
            operator: None,
            begun: Instant::now(),
            next: Instant::now(),
            in_full,
        }
    }

    /// The next step may begin.
    pub(crate) fn hurry(&mut self) {
        self.next = Instant::now();
    }

    fn next(&self) -> Next {
        STEPS[self.at % STEPS.len()]
    }

    /// Sees whether the operator is done. Answers whether none is at work.
    fn look(&mut self) -> io::Result<bool> {
        let Some(operator) = &mut self.operator else {
            return Ok(true);
        };
        let Some(status) = operator.try_wait()? else {
            return Ok(false);
        };
        self.operator = None;
        if status.success() {
            self.next = Instant::now() + PACE * self.begun.elapsed();
            self.at += 1;
        }
        Ok(true)
    }

    fn call_operator(&mut self, url: &str, step: Step) -> io::Result<()> {
        self.number += 1;
        let order = Order {
            url: url.to_owned(),
            folder: self.folder.clone(),
            number: self.number,
            step,
            in_full: self.in_full && !self.number.is_multiple_of(3),
        };
        let operator = Command::new(std::env::current_exe()?)
            .arg("operator")
            .arg(serde_json::to_string(&order)?)
            .kill_on_drop(true)
            .spawn()?;
        self.begun = Instant::now();
        self.operator = Some(operator);
        Ok(())
    }
}

impl Field {
    /// Begins the next step of the rollout, where the last one is done and it is time.
    pub(crate) async fn roll_on(&mut self) -> io::Result<()> {
        let Some(rollout) = &mut self.rollout else {
            return Ok(());
        };
        if !rollout.look()? || Instant::now() < rollout.next {
            return Ok(());
        }
        match rollout.next() {
            Next::Operate(step) => rollout.call_operator(&self.workers_url, step)?,
            Next::Release(release) => {
                rollout.at += 1;
                for worker in self.workers.iter_mut().skip(1).step_by(2) {
                    worker.become_release(release).await?;
                }
            }
        }
        Ok(())
    }

    /// Kills the operator. Answers whether one was at work.
    pub(crate) async fn kill_operator(&mut self) -> io::Result<bool> {
        let operator = self
            .rollout
            .as_mut()
            .and_then(|rollout| rollout.operator.take());
        let Some(mut operator) = operator else {
            return Ok(false);
        };
        let was_at_work = operator.try_wait()?.is_none();
        operator.kill().await?;
        Ok(was_at_work)
    }

    /// Goes on until every version that is there is one that a worker follows.
    pub(crate) async fn finish_rollout(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        loop {
            let Some(rollout) = &mut self.rollout else {
                return Ok(());
            };
            rollout.hurry();
            if rollout.look()? {
                let is_followed = match rollout.next() {
                    Next::Operate(Step::Rebuild | Step::RollBack | Step::Promote) => true,
                    Next::Operate(Step::Migrate) => {
                        let mut raw = Raw::open(&self.url).await?;
                        let is_begun = has_version(&mut raw, 2).await?;
                        raw.close().await;
                        !is_begun
                    }
                    Next::Operate(Step::Drop) | Next::Release(_) => false,
                };
                if is_followed {
                    return Ok(());
                }
            }
            if begun.elapsed() > PATIENCE {
                let next = self.rollout.as_ref().map(Rollout::next);
                return Err(format!("an operator does not come to an end: {next:?}").into());
            }
            self.roll_on().await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
