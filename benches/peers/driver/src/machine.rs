//! On what it was measured.

use std::collections::BTreeMap;
use std::path::Path;

use postgres::{Client, NoTls};
use serde::Serialize;

use crate::build::Built;
use crate::program;

#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) cpu: String,
    pub(crate) memory_gib: u64,
    pub(crate) postgresql: String,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) systems: BTreeMap<String, String>,
}

const SETTINGS: &[&str] = &[
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
    "jit",
];

impl Machine {
    pub(crate) fn look(url: &str, built: &[Built]) -> Result<Self, Box<dyn std::error::Error>> {
        let mut client = Client::connect(url, NoTls)?;
        let mut show = |name: &str| -> Result<String, postgres::Error> {
            Ok(client.query_one(&format!("show {name}"), &[])?.get(0))
        };
        let mut settings = BTreeMap::new();
        for name in SETTINGS {
            settings.insert((*name).to_owned(), show(name)?);
        }
        let systems = built.iter().map(|built| {
            let version = match &built.program {
                Ok(program) => program::call(program, &["version".to_owned()]),
                Err(reason) => Ok(reason.clone()),
            };
            let version = version.unwrap_or_else(|reason| reason);
            (built.system.name.to_owned(), version.trim().to_owned())
        });
        let memory = line("/proc/meminfo", "MemTotal").unwrap_or_default();
        let kib = memory.trim_end_matches(" kB").parse::<u64>().unwrap_or(0);
        Ok(Machine {
            cores: std::thread::available_parallelism()?.get(),
            cpu: line("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
            memory_gib: kib.div_ceil(1 << 20),
            postgresql: show("server_version")?,
            settings,
            systems: systems.collect(),
        })
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let json = serde_json::to_string_pretty(self)?;
        std::fs::write(folder.join("machine.json"), json + "\n")?;
        Ok(())
    }
}

fn line(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
