//! Builds the programs. One that cannot be built hinders no other, and is named in the table.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::HERE;
use crate::systems::System;

/// A system, and its program or why there is none.
pub(crate) struct Built {
    pub(crate) system: &'static System,
    pub(crate) program: Result<PathBuf, String>,
}

pub(crate) fn build(systems: &[&'static System]) -> Vec<Built> {
    let built = systems.iter().map(|system| {
        eprintln!("building {}", system.name);
        Built {
            system,
            program: build_one(system),
        }
    });
    built.collect()
}

fn build_one(system: &System) -> Result<PathBuf, String> {
    let workspace = Path::new(HERE).join(system.workspace);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "-p",
            system.package,
        ])
        .current_dir(&workspace)
        .output()
        .map_err(|error| format!("cargo does not run: {error}"))?;
    if output.status.success() {
        return Ok(workspace.join("target/release").join(system.package));
    }
    let told = String::from_utf8_lossy(&output.stderr);
    eprintln!("{}: not built\n{told}", system.name);
    let line = told.lines().find(|line| line.starts_with("error"));
    Err(format!("not built: {}", line.unwrap_or("cargo failed")))
}
