//! What is asked for on the command line.

use crate::cells::WORKLOADS;
use crate::systems::{SYSTEMS, System};

const USAGE: &str =
    "usage: run [--quick] [--only W4,W5] [--systems annals,handwritten] [--rounds 3]";

/// What to run.
pub(crate) struct Options {
    pub(crate) is_quick: bool,
    pub(crate) workloads: Vec<&'static str>,
    pub(crate) systems: Vec<&'static System>,
    pub(crate) rounds: usize,
}

impl Options {
    pub(crate) fn from_args() -> Result<Self, String> {
        let mut args = std::env::args().skip(1);
        let (mut is_quick, mut only, mut systems, mut rounds) = (false, None, None, None);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value\n{USAGE}"));
            match arg.as_str() {
                "--quick" => is_quick = true,
                "--only" => only = Some(value()?),
                "--systems" => systems = Some(value()?),
                "--rounds" => rounds = Some(value()?),
                _ => return Err(format!("{arg} is not known\n{USAGE}")),
            }
        }
        let names: Vec<&'static str> = SYSTEMS.iter().map(|system| system.name).collect();
        let systems = chosen("system", systems, &names)?;
        let systems = SYSTEMS.iter().filter(|it| systems.contains(&it.name));
        let rounds = match rounds {
            Some(rounds) => rounds
                .parse()
                .map_err(|error| format!("--rounds: {error}"))?,
            None if is_quick => 1,
            None => 3,
        };
        Ok(Options {
            is_quick,
            workloads: chosen("workload", only, WORKLOADS)?,
            systems: systems.collect(),
            rounds,
        })
    }
}

/// The names in a list with commas; all where there is no list.
fn chosen(
    what: &str,
    list: Option<String>,
    known: &[&'static str],
) -> Result<Vec<&'static str>, String> {
    let Some(list) = list else {
        return Ok(known.to_vec());
    };
    let names = list.split(',').map(|name| {
        let found = known.iter().find(|known| **known == name);
        let missing = || format!("{name:?} is no {what}: there are {}", known.join(", "));
        found.copied().ok_or_else(missing)
    });
    names.collect()
}
