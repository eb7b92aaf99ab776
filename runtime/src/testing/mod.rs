//! What tests of a domain need: scenarios in the words given, when and then, and a clock that stands still.

mod manual_clock;
mod round_trip;
mod scenario;

pub use manual_clock::ManualClock;
pub use scenario::{Outcome, Scenario};
