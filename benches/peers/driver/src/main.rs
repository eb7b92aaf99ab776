//! Runs all workloads against all systems, on a PostgreSQL server of its own, and writes what came out.

mod build;
mod cells;
mod databases;
mod machine;
mod options;
mod outcome;
mod plots;
mod program;
mod rounds;
mod sizes;
mod systems;
mod table;

// The server and its end, whatever ends this program, are those of the tests.
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../../../tests/support/cluster.rs"]
mod cluster;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../../../tests/support/programs.rs"]
mod programs;

use std::error::Error;
use std::path::Path;

use crate::cluster::{Cluster, Setup};
use crate::machine::Machine;
use crate::options::Options;
use crate::outcome::Outcomes;
use crate::rounds::Bench;
use crate::sizes::Sizes;

/// The folder of this workspace.
const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args()?;
    let sizes = match options.is_quick {
        true => Sizes::QUICK,
        false => Sizes::FULL,
    };
    let built = build::build(&options.systems);
    let cluster = start();
    let machine = Machine::look(&cluster.url("postgres"), &built)?;
    let bench = Bench {
        options: &options,
        sizes: &sizes,
        built: &built,
        cluster: &cluster,
    };
    let here = Path::new(HERE);
    bench.run(|rounds, ran| {
        let outcomes = Outcomes::of(ran);
        machine.write(here)?;
        outcomes.write(here)?;
        table::write(here, &outcomes, &machine, &bench, rounds)?;
        plots::write(here, &outcomes, &sizes)?;
        println!("round {rounds} written: results.json, machine.json, results.md, plots/");
        Ok(())
    })
}

/// A server that keeps what it was told to keep, as servers do by default.
fn start() -> Cluster {
    Setup::default()
        .set("fsync", "on")
        .set("full_page_writes", "on")
        .set("synchronous_commit", "on")
        .set("shared_buffers", "1GB")
        .set("max_wal_size", "8GB")
        .set("jit", "off")
        .start()
}
