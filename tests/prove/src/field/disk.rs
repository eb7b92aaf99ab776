//! A disk of our own, in memory, which can be made full.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// How much there is room for, in mebibytes, as long as it is not full.
const ROOM: u32 = 6 * 1024;

/// A mounted file system, gone with the value.
#[derive(Debug)]
pub(crate) struct SmallDisk {
    folder: TempDir,
    is_by_sudo: bool,
}

impl SmallDisk {
    /// # Errors
    /// Why nothing can be mounted here.
    pub(crate) fn mount() -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("annals-disk-").tempdir();
        let folder = folder.map_err(|error| error.to_string())?;
        for is_by_sudo in [false, true] {
            let options = format!("size={ROOM}m,mode=0777");
            let mut mount = command("mount", is_by_sudo);
            mount
                .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
                .arg(folder.path());
            if succeeds(&mut mount) {
                return Ok(SmallDisk { folder, is_by_sudo });
            }
        }
        Err("mounting needs root, or `sudo` without a password, and in a container the right to mount".to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Makes it as small as what lies on it.
    pub(crate) fn fill(&self) -> bool {
        // Something is written all the time, and the disk cannot be made smaller than that.
        (0..50).any(|_| {
            self.used()
                .is_some_and(|kibibytes| self.resize(&format!("{kibibytes}k")))
        })
    }

    /// Makes room again.
    pub(crate) fn free(&self) -> bool {
        self.resize(&format!("{ROOM}m"))
    }

    fn used(&self) -> Option<u64> {
        let output = Command::new("df")
            .args(["-k", "--output=used"])
            .arg(self.path())
            .output()
            .ok()?;
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .nth(1)?
            .trim()
            .parse()
            .ok()
    }

    fn resize(&self, size: &str) -> bool {
        let options = format!("remount,size={size}");
        succeeds(
            command("mount", self.is_by_sudo)
                .args(["-o", &options])
                .arg(self.path()),
        )
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may be using it still.
        let _ = command("umount", self.is_by_sudo)
            .arg("-l")
            .arg(self.path())
            .status();
    }
}

fn command(program: &str, is_by_sudo: bool) -> Command {
    if !is_by_sudo {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
