//! What tests of a domain need: scenarios of aggregates ([`Scenario`]) and of processes ([`ProcessScenario`]) in the words
//! given, when and then, a clock that stands still, and guards of the schema lock.

mod happened;
mod lock;
mod manual_clock;
mod process_scenario;
mod round_trip;
mod scenario;

pub use lock::{check_lock, check_samples};
pub use manual_clock::ManualClock;
pub use process_scenario::ProcessScenario;
pub use scenario::{Outcome, Scenario};
