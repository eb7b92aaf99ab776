//! Writes a history, so that what was written stays when the process is killed in the next moment.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::{Answer, Op};
use crate::clock;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Line {
    /// A client is about to call.
    Call {
        client: String,
        number: u64,
        at: i64,
        op: Op,
    },
    /// A client was answered.
    Answer {
        client: String,
        number: u64,
        at: i64,
        is: Answer,
    },
    /// A follower was given a page: position and digest of each event.
    Page {
        after: i64,
        checkpoint: i64,
        at: i64,
        events: Vec<(i64, i64)>,
    },
}

/// A file of lines, each of which is handed to the system at once.
#[derive(Debug)]
pub(crate) struct Log(Mutex<File>);

impl Log {
    /// Goes on with a file, or begins it. A line that was not written to its end is ended.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)?;
        if file.metadata()?.len() > 0 {
            file.seek(SeekFrom::End(-1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                file.write_all(b"\n")?;
            }
        }
        Ok(Log(Mutex::new(file)))
    }

    /// Adds a line.
    ///
    /// A history that cannot be written proves nothing, so the process ends.
    pub(crate) fn add(&self, line: &Line) {
        let written = serde_json::to_vec(line)
            .map_err(io::Error::from)
            .and_then(|mut bytes| {
                bytes.push(b'\n');
                let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                file.write_all(&bytes)
            });
        if let Err(error) = written {
            let _ = writeln!(io::stderr(), "the history cannot be written: {error}");
            std::process::exit(3);
        }
    }

    pub(crate) fn call(&self, client: &str, number: u64, op: &Op) {
        self.add(&Line::Call {
            client: client.to_owned(),
            number,
            at: clock::now(),
            op: op.clone(),
        });
    }

    pub(crate) fn answer(&self, client: &str, number: u64, is: &Answer) {
        self.add(&Line::Answer {
            client: client.to_owned(),
            number,
            at: clock::now(),
            is: is.clone(),
        });
    }
}
