//! A disk of a test's own, in memory, which can be made full.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A mounted file system, gone with the value.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
    is_by_sudo: bool,
}

impl SmallDisk {
    /// Mounts one with room for so many mebibytes.
    ///
    /// # Errors
    /// Why nothing can be mounted here.
    pub fn mount(mebibytes: u32) -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("annals-disk-").tempdir();
        let folder = folder.map_err(|error| error.to_string())?;
        for is_by_sudo in [false, true] {
            let options = format!("size={mebibytes}m,mode=0777");
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

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives it another size, like `8m` or `3072k`; answers whether what lies on it fits.
    pub fn resize(&self, size: &str) -> bool {
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
