//! Reads a history back.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;

use super::{Answer, Line, Op};

/// A call and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) client: String,
    pub(crate) number: u64,
    pub(crate) began: i64,
    /// `None` where the process was killed before.
    pub(crate) ended: Option<i64>,
    pub(crate) op: Op,
    pub(crate) answer: Answer,
}

impl Call {
    /// The mark that its events begin with.
    pub(crate) fn mark(&self) -> String {
        format!("{}.{}", self.client, self.number)
    }

    /// When it had ended for certain, as far as somebody was told.
    pub(crate) fn acknowledged(&self) -> Option<i64> {
        match self.answer {
            Answer::Unknown { .. } => None,
            _ => self.ended,
        }
    }
}

/// What a follower was given at once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    pub(crate) after: i64,
    pub(crate) checkpoint: i64,
    pub(crate) at: i64,
    pub(crate) events: Vec<Delivered>,
}

/// An event that a follower was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivered {
    pub(crate) position: i64,
    pub(crate) digest: i64,
}

/// All that was called and answered.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// In the order in which they began.
    pub(crate) calls: Vec<Call>,
    /// By follower.
    pub(crate) pages: Vec<(String, Vec<Page>)>,
}

impl History {
    /// Reads every file of a folder: `calls-*.ndjson` and `pages-*.ndjson`.
    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let mut history = History::default();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            if let Some(follower) = name.strip_prefix("pages-") {
                let pages = lines(&path)?.filter_map(page).collect();
                history.pages.push((follower.to_owned(), pages));
            } else if name.starts_with("calls-") {
                read_calls(&path, &mut history.calls)?;
            }
        }
        history.pages.sort_by(|one, other| one.0.cmp(&other.0));
        history.calls.sort_by_key(|call| call.began);
        Ok(history)
    }

    /// The calls that began after a moment, and all pages.
    pub(crate) fn after(&self, moment: i64) -> History {
        let calls = self.calls.iter().filter(|call| call.began > moment);
        History {
            calls: calls.cloned().collect(),
            pages: self.pages.clone(),
        }
    }

    /// How many operations there were.
    pub(crate) fn operations(&self) -> usize {
        let pages = self.pages.iter().map(|(_, pages)| pages.len());
        self.calls.len() + pages.sum::<usize>()
    }
}

/// A line that was not written to its end was not a call yet.
fn lines(path: &Path) -> io::Result<impl Iterator<Item = Line>> {
    let lines = BufReader::new(File::open(path)?).lines();
    Ok(lines
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str(&line).ok()))
}

fn page(line: Line) -> Option<Page> {
    let Line::Page {
        after,
        checkpoint,
        at,
        events,
    } = line
    else {
        return None;
    };
    let events = events.into_iter();
    let events = events.map(|(position, digest)| Delivered { position, digest });
    Some(Page {
        after,
        checkpoint,
        at,
        events: events.collect(),
    })
}

fn read_calls(path: &Path, calls: &mut Vec<Call>) -> io::Result<()> {
    let mut open = HashMap::new();
    for line in lines(path)? {
        match line {
            Line::Call {
                client,
                number,
                at,
                op,
            } => {
                open.insert((client.clone(), number), calls.len());
                calls.push(Call {
                    client,
                    number,
                    began: at,
                    ended: None,
                    op,
                    answer: Answer::Unknown {
                        why: "killed".to_owned(),
                    },
                });
            }
            Line::Answer {
                client,
                number,
                at,
                is,
            } => {
                if let Some(at_index) = open.remove(&(client, number)) {
                    calls[at_index].ended = Some(at);
                    calls[at_index].answer = is;
                }
            }
            Line::Page { .. } => {}
        }
    }
    Ok(())
}

/// How much of the end of a file is read to go on with it. More than all clients of a process write while one of them waits.
const END: u64 = 8 << 20;

/// The lines at the end of a file.
fn last_lines(path: &Path) -> io::Result<impl Iterator<Item = Line>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    // The first one may be a part, which is no line.
    let lines = BufReader::new(file).lines();
    Ok(lines
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str(&line).ok()))
}

/// The highest number of a call in a file; 0 where there is none.
pub(crate) fn last_call(path: &Path) -> u64 {
    let Ok(lines) = last_lines(path) else {
        return 0;
    };
    let numbers = lines.map(|line| match line {
        Line::Call { number, .. } => number,
        _ => 0,
    });
    numbers.max().unwrap_or_default()
}

/// Up to where a follower has come.
pub(crate) fn last_checkpoint(path: &Path) -> i64 {
    let Ok(lines) = last_lines(path) else {
        return 0;
    };
    let checkpoints = lines.map(|line| match line {
        Line::Page { checkpoint, .. } => checkpoint,
        _ => 0,
    });
    checkpoints.last().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{History, last_call};
    use crate::history::{Answer, Log, Op};

    #[test]
    fn what_a_killed_process_was_not_answered_is_unknown() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls-0.ndjson");
        let load = Op::Load {
            stream: "till-1".to_owned(),
        };
        let log = Log::open(&path).expect("a file");
        log.call("w0c0", 1, &load);
        log.answer("w0c0", 1, &Answer::Done);
        log.call("w0c0", 2, &load);
        drop(log);
        // The next line was not written to its end.
        let whole = fs::read_to_string(&path).expect("readable");
        let last = whole.lines().last().expect("a line");
        let torn = &last[..last.len() / 2];
        fs::write(&path, format!("{whole}{torn}")).expect("written");

        let log = Log::open(&path).expect("a file");
        log.call("w0c0", 3, &load);
        let history = History::read(folder.path()).expect("readable");
        let known: Vec<_> = history
            .calls
            .iter()
            .map(|call| (call.number, call.acknowledged().is_some()))
            .collect();
        assert_eq!(known, [(1, true), (2, false), (3, false)]);
        assert_eq!(last_call(&path), 3);
    }
}
