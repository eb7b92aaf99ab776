//! How long processors worked, as the kernel tells it (`proc(5)`), in steps of 10 ms.

use std::fs;

/// The main process of the database server, to be told to a program in its environment.
pub const SERVER: &str = "PEERS_SERVER";

/// In how many parts of a second `/proc` counts, on all systems that have it.
const PARTS: f64 = 100.0;

/// Seconds of the processors, of all threads together.
#[derive(Debug, Clone, Copy)]
pub struct Processors {
    /// This program.
    pub client: f64,
    /// All processes of the server, those included that write for others in the background.
    pub server: f64,
}

impl Processors {
    /// Since their beginnings; `None` on systems that do not tell.
    pub(crate) fn now() -> Option<Self> {
        let server: u32 = std::env::var(SERVER).ok()?.parse().ok()?;
        let main = Process::of(&server.to_string())?;
        let children = fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| {
            let child = Process::of(entry.file_name().to_str()?)?;
            (child.parent == server).then_some(child.own)
        });
        Some(Processors {
            client: Process::of("self")?.own / PARTS,
            server: (main.own + main.ended + children.sum::<f64>()) / PARTS,
        })
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Processors {
            client: self.client - before.client,
            server: self.server - before.server,
        }
    }
}

struct Process {
    parent: u32,
    own: f64,
    /// Of its children that are no more.
    ended: f64,
}

impl Process {
    fn of(name: &str) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        // The name of the program is in parentheses, and can hold anything.
        let (_, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<f64>().ok();
        Some(Process {
            parent: fields.get(1)?.parse().ok()?,
            own: number(11)? + number(12)?,
            ended: number(13)? + number(14)?,
        })
    }
}
