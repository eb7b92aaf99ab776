//! The disk on which the store lies, which can be made full.

use std::path::Path;
use std::process::Command;

use annals_tests::SmallDisk;

/// How much there is room for, in mebibytes, as long as it is not full.
const ROOM: u32 = 6 * 1024;

/// A disk that is as large as it need be, or full.
#[derive(Debug)]
pub(crate) struct Disk(SmallDisk);

impl Disk {
    /// # Errors
    /// Why nothing can be mounted here.
    pub(crate) fn mount() -> Result<Self, String> {
        SmallDisk::mount(ROOM).map(Disk)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes it as small as what lies on it.
    pub(crate) fn fill(&self) -> bool {
        // Something is written all the time, and the disk cannot be made smaller than that.
        (0..50).any(|_| {
            self.used()
                .is_some_and(|kibibytes| self.0.resize(&format!("{kibibytes}k")))
        })
    }

    /// Makes room again.
    pub(crate) fn free(&self) -> bool {
        self.0.resize(&format!("{ROOM}m"))
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
}
