//! Where it was proved: the machine, and the store.

use std::fs;

use crate::raw::Raw;

/// What the store is, with its version.
pub(crate) async fn store(raw: &mut Raw) -> Result<String, sqlx::Error> {
    let (name, sql) = match raw {
        Raw::Postgres(_) => ("PostgreSQL", "select current_setting('server_version')"),
        Raw::Sqlite(_) => ("SQLite", "select sqlite_version()"),
    };
    let rows: Vec<(String,)> = raw.rows(sql).await?;
    let version = rows.first().map_or("of an unknown version", |row| &*row.0);
    Ok(format!("{name} {version}"))
}

/// Processors, memory and kernel.
pub(crate) fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let model = value("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = kibibytes("/proc/meminfo", "MemTotal").unwrap_or_default();
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // Behind the version stands who built it.
    let kernel = release.split('-').next().unwrap_or_default();
    format!(
        "{processors} processors ({model}), {} MiB of memory, Linux {}, {}",
        memory / 1024,
        kernel.trim(),
        std::env::consts::ARCH
    )
}

/// The most memory that this process has had, in mebibytes.
pub(crate) fn peak_memory() -> u64 {
    kibibytes("/proc/self/status", "VmHWM").unwrap_or_default() / 1024
}

fn kibibytes(file: &str, name: &str) -> Option<u64> {
    value(file, name)?
        .trim_end_matches("kB")
        .trim()
        .parse()
        .ok()
}

/// What stands behind a name and a colon.
fn value(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    let (_, value) = line.split_once(':')?;
    Some(value.trim().to_owned())
}
