//! How long the compiler takes for 100 events of 8 fields in 10 aggregates, every event locked, beside the same structs
//! with serde's derives alone. Both programs decode and encode each type once.
//!
//! `cargo run --release -p compile-bench` builds the two in turn, five times, and prints medians and the ratio.

mod programs;
mod rounds;

use std::error::Error;
use std::path::Path;

use programs::Program;

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runtime");
    let runtime = runtime.canonicalize()?;
    let plain = Program::plain(folder.path())?;
    let annals = Program::annals(folder.path(), &runtime)?;
    rounds::report(&plain, &annals, ROUNDS)
}
