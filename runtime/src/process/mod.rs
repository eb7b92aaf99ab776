//! Process managers: work across aggregates that comes to an end, whatever crashes.
//!
//! A process reacts to events, to refused commands and to timers: it changes its state, sends commands, and sets and cancels
//! timers. Each instance is a stream of its own. A step appends to it the state after the step, the commands that were sent and
//! the timers that were set, in the transaction in which the process moves on in the feed: all of a step is there, or nothing.
//! What became of each command is appended when it is known. So the stream is the history of the instance, and nothing that it
//! once decided is ever decided again by other code.

mod arrived;
mod commands;
mod deliverer;
mod input;
mod instance;
pub mod operate;
mod out;
mod outcome;
mod react;
mod record;
mod rehearsal;
mod rejected;
mod start;
mod stepper;
mod steps;
mod timer;

pub use input::Input;
pub(crate) use input::On;
pub use out::{Out, SentBy, SentTo, SetBy, To};
pub use outcome::{Accepted, Cancelled, Refused};
pub use react::{OnRejected, OnTimer, Process, ReactTo, begin, change, either, go_on};
pub use rejected::Rejected;
pub use timer::Timer;

pub(crate) use commands::Commands;
pub(crate) use rehearsal::{Rehearsal, Rehearsed, Stepped, Unrehearsed};
pub(crate) use start::{MODE, prepare};
pub(crate) use stepper::Stepper;
