//! Scenarios of processes: what they accept, what they say of a process that is wrong, and that a store takes the same
//! steps.

mod agrees;
mod puppet;
mod refused;
mod steps;

use annals::testing::ProcessScenario;

use puppet::{Act, Mark, Pulled, Puppet, Started};

fn started(id: &str, steps: &[&[Act]]) -> Started {
    Started {
        id: id.to_owned(),
        steps: steps.iter().map(|acts| acts.to_vec()).collect(),
    }
}

/// A puppet that was started, and does nothing at that; then these steps.
fn given(steps: &[&[Act]]) -> ProcessScenario<Puppet> {
    let all: Vec<&[Act]> = [&[][..]].iter().chain(steps).copied().collect();
    ProcessScenario::new().given(&started("ann", &all))
}

fn pulled() -> Pulled {
    Pulled {
        mark: Mark::default(),
    }
}
