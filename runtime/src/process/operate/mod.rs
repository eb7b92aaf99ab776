//! What operators see of processes, and do with them. The command line (`process list`, ..; see [`cli`](crate::cli)) prints
//! what they answer.

mod cancel;
mod find;
mod known;
mod list;
mod retry;
mod show;
mod timers;

pub use cancel::{GivenUp, cancel};
pub(crate) use find::words;
pub(crate) use known::at_work;
pub use list::{Instances, ListedInstance, NotBegun, Standing, list, not_begun};
pub use retry::{Retried, retry};
pub use show::{Entry, Fate, PendingCommand, Story, What, show};
pub use timers::{Timers, WaitingTimer, timers};
