//! Output that stands below a title.

use std::io::{self, Write};

/// Writes every line a little to the right.
pub struct Indented<'a> {
    out: &'a mut dyn Write,
    at_start: bool,
}

impl<'a> Indented<'a> {
    pub fn new(out: &'a mut dyn Write) -> Self {
        Indented {
            out,
            at_start: true,
        }
    }
}

impl Write for Indented<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.at_start {
                self.out.write_all(b"   ")?;
            }
            self.out.write_all(part)?;
            self.at_start = part.ends_with(b"\n");
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
