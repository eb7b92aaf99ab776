//! A process that does one thing with a projection, as an operator does by the command line, and is killed meanwhile.

use std::io;
use std::path::PathBuf;

use annals::migrate::{self, Run, Verification};
use annals::{Error, Store};
use serde::{Deserialize, Serialize};

use crate::history::{Answer, Log, Op, Step};
use crate::models::{self, accounts};
use crate::raw::Raw;
use crate::stored::has_version;
use crate::worker::failed;

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
    pub(crate) number: u64,
    pub(crate) step: Step,
    /// Whether new versions are verified row by row.
    pub(crate) in_full: bool,
}

/// Does it, and answers whether it is done.
pub(crate) async fn run(order: Order) -> io::Result<bool> {
    let log = Log::open(&order.folder.join("calls-operator.ndjson"))?;
    log.call("operator", order.number, &Op::Operate(order.step));
    let answer = match done(&order).await {
        Ok(answer) => answer,
        Err(error) => failed(&error),
    };
    log.answer("operator", order.number, &answer);
    Ok(answer == Answer::Done)
}

async fn done(order: &Order) -> Result<Answer, Error> {
    let versions = match versions(order).await {
        Ok(versions) => versions,
        Err(error) => {
            return Ok(Answer::Refused {
                why: error.to_string(),
            });
        }
    };
    match (order.step, versions) {
        // The first release makes its tables when it starts.
        (_, (false, _)) => {
            return Ok(Answer::Refused {
                why: "the first release has not started yet".to_owned(),
            });
        }
        // Whoever was to do it before was killed when it was done.
        (Step::Drop, (_, false)) => return Ok(Answer::Done),
        _ => {}
    }
    let store = Store::options().drafts(true).connect(&order.url).await?;
    let release = match order.step {
        Step::Migrate | Step::Promote => 2,
        Step::Rebuild | Step::RollBack | Step::Drop => 1,
    };
    let app = models::app(store.clone(), release, None);
    match order.step {
        Step::Rebuild => {
            migrate::rebuild(&app, "tallies", &mut |_| {}).await?;
        }
        Step::Migrate => {
            let verification = match order.in_full {
                true => Verification::Full,
                false => Verification::Count,
            };
            let run = Run::new().verify(verification);
            migrate::run(&app, run, &mut |_| {}).await?;
        }
        Step::RollBack => {
            migrate::rollback(&app, accounts::NAME, Some(1)).await?;
        }
        Step::Promote => {
            migrate::promote(&app, accounts::NAME).await?;
        }
        Step::Drop => migrate::drop_version(&app, accounts::NAME, 2).await?,
    }
    store.close().await;
    Ok(Answer::Done)
}

/// Whether the first version is there, and the second.
async fn versions(order: &Order) -> Result<(bool, bool), sqlx::Error> {
    let mut raw = Raw::open(&order.url).await?;
    let first = has_version(&mut raw, 1).await?;
    let second = has_version(&mut raw, 2).await?;
    raw.close().await;
    Ok((first, second))
}
