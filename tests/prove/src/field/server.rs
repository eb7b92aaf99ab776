//! A PostgreSQL server of our own, whose processes can be killed and paused.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use annals_tests::{Cluster, Setup};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// A server and where its data lies.
#[derive(Debug)]
pub(crate) struct Server {
    cluster: Cluster,
    data: PathBuf,
}

impl Server {
    /// Starts one in a folder. By its default it answers a commit before that is safe: annals must not rely on it.
    pub(crate) fn start(folder: &Path) -> Self {
        let cluster = Setup::default()
            .set("synchronous_commit", "off")
            .set("wal_writer_delay", "10s")
            .within(folder)
            .start();
        Server {
            cluster,
            data: folder.join("data"),
        }
    }

    /// Another server that follows this one.
    pub(crate) fn standby(&self) -> Self {
        let cluster = self.cluster.standby();
        Server {
            data: cluster.home().join("data"),
            cluster,
        }
    }

    /// Makes a standby one that is written.
    pub(crate) fn promote(&self) {
        self.cluster.promote();
    }

    /// Stops it in an orderly way.
    pub(crate) fn stop(&self) {
        self.cluster.stop();
    }

    pub(crate) fn url(&self) -> String {
        self.cluster.url("postgres")
    }

    pub(crate) fn port(&self) -> u16 {
        self.cluster.port()
    }

    /// The first process, and those that it started.
    fn processes(&self) -> Vec<Pid> {
        let Some(first) = self.postmaster() else {
            return Vec::new();
        };
        let mut all = vec![first];
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        for entry in entries {
            let pid = entry
                .file_name()
                .to_string_lossy()
                .parse()
                .ok()
                .and_then(Pid::from_raw);
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            // The name of the program is in parentheses, and may hold any character.
            let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            let parent = rest
                .split_whitespace()
                .nth(1)
                .and_then(|parent| parent.parse().ok());
            if let (Some(pid), Some(parent)) = (pid, parent.and_then(Pid::from_raw))
                && parent == first
            {
                all.push(pid);
            }
        }
        all
    }

    fn postmaster(&self) -> Option<Pid> {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        file.lines()
            .next()?
            .trim()
            .parse()
            .ok()
            .and_then(Pid::from_raw)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.postmaster()
            .is_some_and(|first| test_kill_process(first).is_ok())
    }

    /// Kills every process of it at once, as the end of the machine would.
    pub(crate) fn kill(&self) {
        // Stopped before the others are looked up: a process that it makes meanwhile would outlive it, wait for a lock that a
        // killed one holds, and keep the memory that the next server needs.
        if let Some(first) = self.postmaster() {
            let _ = kill_process(first, Signal::STOP);
            wait_until(|| matches!(state(first), None | Some('T' | 'Z' | 'X')));
        }
        let processes = self.processes();
        for &process in &processes {
            let _ = kill_process(process, Signal::KILL);
        }
        wait_until(|| !processes.iter().any(|&process| is_alive(process)));
        // Where nobody waits for orphans, the number of the first process stays taken, and the files that hold it would keep
        // the next one from starting.
        let lock = format!(".s.PGSQL.{}.lock", self.port());
        let _ = fs::remove_file(self.data.join("postmaster.pid"));
        let _ = fs::remove_file(self.cluster.home().join(lock));
    }

    /// Starts it again; it recovers from its log.
    pub(crate) fn start_again(&self) {
        self.cluster.start();
    }

    /// Starts it again where it has ended itself, or is about to: one that could not write its log ends.
    pub(crate) fn revive(&self) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if !self.is_running() {
                self.start_again();
                return;
            }
            if self.is_ready() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.kill();
        self.start_again();
    }

    /// Whether it lets clients in.
    fn is_ready(&self) -> bool {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
        file.lines()
            .nth(7)
            .is_some_and(|status| status.trim() == "ready")
    }

    /// Stops all processes where they are.
    pub(crate) fn freeze(&self) -> Vec<Pid> {
        let processes = self.processes();
        for &process in &processes {
            let _ = kill_process(process, Signal::STOP);
        }
        processes
    }

    pub(crate) fn thaw(processes: &[Pid]) {
        for &process in processes.iter().rev() {
            let _ = kill_process(process, Signal::CONT);
        }
    }
}

/// For ten seconds at most.
fn wait_until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A process that has ended and was not waited for yet is not alive.
fn is_alive(process: Pid) -> bool {
    !matches!(state(process), None | Some('Z' | 'X'))
}

/// The letter by which the system tells what a process does.
fn state(process: Pid) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.trim_start().chars().next()
}
