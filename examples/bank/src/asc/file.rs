//! A file as lines of fields.

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use super::fault::{Fault, Faults, Misread, Place};
use super::fields::{Field, split, split_into};

/// A file of the format, as it lies on the disk.
#[derive(Debug, Clone)]
pub struct AscFile {
    pub name: Arc<str>,
    bytes: Vec<u8>,
}

impl AscFile {
    pub fn new(name: &str, content: impl Into<Vec<u8>>) -> Self {
        AscFile {
            name: name.into(),
            bytes: content.into(),
        }
    }

    pub fn open(path: &Path) -> io::Result<Self> {
        fs::read(path).map(|bytes| AscFile::new(&path.display().to_string(), bytes))
    }

    /// Reads each line after the header. All of them, or everything that is wrong with any.
    pub fn records<const N: usize, T>(
        &self,
        header: &[&str; N],
        mut record: impl FnMut(Line<'_, N>) -> Result<T, Misread>,
    ) -> Result<Vec<T>, Faults> {
        let mut records = Vec::new();
        let mut faults = Faults::default();
        let mut lines = self.lines();
        let (place, first) = lines.next().unwrap_or((self.place(1), Ok("")));
        if let Err(misread) = first.and_then(|line| check_header(line, header)) {
            // What follows a wrong header is of another format: more messages would say the same.
            faults.push(Fault { place, misread });
            return Err(faults);
        }
        for (place, line) in lines {
            let read = line.and_then(|text| {
                let fields = split_into(text, header)?;
                record(Line {
                    place: &place,
                    text,
                    fields,
                })
            });
            match read {
                Ok(read) => records.push(read),
                Err(misread) => faults.push(Fault { place, misread }),
            }
        }
        faults.into_result().map(|()| records)
    }

    /// The lines that hold anything, ended by LF or CRLF.
    fn lines(&self) -> impl Iterator<Item = (Place, Result<&str, Misread>)> {
        self.bytes
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .map(|(index, line)| (self.place(index + 1), ascii(line)))
    }

    fn place(&self, line: usize) -> Place {
        Place {
            file: Arc::clone(&self.name),
            line,
        }
    }
}

/// One line, with everything that its reader needs.
pub struct Line<'a, const N: usize> {
    pub place: &'a Place,
    pub text: &'a str,
    pub fields: [Field<'a>; N],
}

fn ascii(line: &[u8]) -> Result<&str, Misread> {
    let printable = |byte: &u8| (b' '..=b'~').contains(byte);
    match line.iter().position(|byte| !printable(byte)) {
        None => str::from_utf8(line)
            .map_err(|error| Misread::new(error.valid_up_to() + 1, "ASCII", "other bytes")),
        Some(index) => Err(Misread::new(
            index + 1,
            "a printable ASCII character",
            format!("the byte 0x{:02X}", line[index]),
        )),
    }
}

fn check_header<const N: usize>(line: &str, header: &[&str; N]) -> Result<(), Misread> {
    let expected = || format!("the header `\"{}\"`", header.join("\";\""));
    if line.is_empty() {
        return Err(Misread::new(1, expected(), "an empty file"));
    }
    let fields = split(line)?;
    let differs = |index: &usize| {
        let text = fields.get(*index).map(|field| field.text);
        text != header.get(*index).copied()
    };
    match (0..fields.len().max(N)).find(differs) {
        None => Ok(()),
        Some(index) => {
            let column = fields
                .get(index)
                .map_or(line.len() + 1, |field| field.column);
            Err(Misread::new(column, expected(), format!("`{line}`")))
        }
    }
}
