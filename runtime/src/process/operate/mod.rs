//! What operators see of processes, and do with them. The command line (`process list`, ..; see [`cli`](crate::cli)) prints
//! what they answer.

mod cancel;
mod list;
mod retry;
mod show;

pub use cancel::cancel;
pub use list::{Instances, ListedInstance, PendingCommand, Standing, WaitingTimer, list, timers};
pub use retry::{Retried, retry};
pub use show::{Entry, Story, What, show};
