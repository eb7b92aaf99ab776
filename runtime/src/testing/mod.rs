//! What tests of a domain need: scenarios in the words given, when and then, a clock that stands still, and guards of the
//! schema lock.

mod lock;
mod manual_clock;
mod round_trip;
mod scenario;

pub use lock::{check_lock, check_samples};
pub use manual_clock::ManualClock;
pub use scenario::{Outcome, Scenario};
