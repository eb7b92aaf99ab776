//! What was called and what was answered, as it is written to files by many processes and read back by one.
//!
//! A call is written before it is made, and its answer after it came. What a killed process had not heard the answer of is a
//! call without one: nobody knows what became of it.

mod call;
mod read;
mod write;

pub(crate) use call::{Answer, Expects, Kept, Op, Step, Wanted};
pub(crate) use read::{Call, History, Page, last_call, last_checkpoint};
pub(crate) use write::{Line, Log};
