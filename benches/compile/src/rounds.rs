//! Builds in turn, and what came of them.

use std::error::Error;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::programs::Program;

/// What is done with the programs: as an editor does, and as who runs them does.
const BUILDS: [&str; 2] = ["check", "build"];

#[allow(clippy::print_stdout, reason = "it is what the program is for")]
pub(crate) fn report(
    plain: &Program,
    annals: &Program,
    rounds: usize,
) -> Result<(), Box<dyn Error>> {
    for build in BUILDS {
        // The dependencies, which are not measured.
        time(plain, build)?;
        time(annals, build)?;
        let (mut plains, mut annalses) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            plains.push(time(plain, build)?);
            annalses.push(time(annals, build)?);
        }
        let (one, other) = (median(plains), median(annalses));
        println!(
            "cargo {build}: {} {:.2} s, {} {:.2} s, ratio {:.2}",
            plain.name,
            one.as_secs_f64(),
            annals.name,
            other.as_secs_f64(),
            other.as_secs_f64() / one.as_secs_f64()
        );
    }
    Ok(())
}

/// Compiles the program's own source anew.
fn time(program: &Program, build: &str) -> Result<Duration, Box<dyn Error>> {
    let source = program.folder.join("src/main.rs");
    let text = fs::read_to_string(&source)?;
    fs::write(&source, text)?;
    let start = Instant::now();
    let output = Command::new(env!("CARGO"))
        .args([build, "--quiet"])
        .current_dir(&program.folder)
        .env("CARGO_TARGET_DIR", program.folder.join("target"))
        // Incremental builds find that nothing has changed.
        .env("CARGO_INCREMENTAL", "0")
        .output()?;
    let took = start.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo {build} of {}: {said}", program.name).into());
    }
    Ok(took)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
