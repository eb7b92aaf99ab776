//! Migration replay: new versions of projections are built from the events, beside the versions that are in use.
//!
//! It is a job of the new release, run while older ones are running. [`plan`] compares what the program declares with what the
//! database holds; [`run`] carries the plan out:
//!
//! 1. The new version gets a table of its own (`balances_v2`), which nobody else writes or reads.
//! 2. All events are folded into it, many in memory at a time; its indexes come last. Killed, it goes on where it was.
//! 3. It is verified.
//! 4. The view (`balances`) is switched to it in one transaction, in which it is no further behind than the old version.
//!
//! The old version and its table stay: an older release that runs keeps it up to date, and [`rollback`] switches back to it.
//! [`drop_version`] removes it.

mod build;
mod building;
mod finish;
mod handover;
mod kind;
mod operate;
mod plan;
mod reading;
mod rebuild;
mod run;
mod sql;
mod standing;
mod switch;
mod verify;

pub use operate::{accept, drop_version, pause, resume};
pub use plan::{Action, Plan, Step, plan};
pub use rebuild::rebuild;
pub use run::{Outcome, Progress, Run, Stage, Verification, run};
pub use sql::{roles, sql};
pub use switch::{promote, rollback};

pub(crate) use switch::declared;
