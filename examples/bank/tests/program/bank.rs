//! Runs the program in a folder of its own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

pub(crate) const ACCOUNTS: &str = include_str!("../../sample/account.asc");
pub(crate) const TRANSACTIONS: &str = include_str!("../../sample/trans.asc");

/// A folder with a store in `bank.db`, where the program looks for it by itself.
pub(crate) struct Bank {
    folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bank {
    pub(crate) fn new() -> Self {
        Bank {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// With the files of the sample.
    pub(crate) fn with_sample() -> Self {
        let bank = Bank::new();
        bank.write("account.asc", ACCOUNTS);
        bank.write("trans.asc", TRANSACTIONS);
        bank
    }

    pub(crate) fn write(&self, file: &str, content: &str) {
        std::fs::write(self.path(file), content).expect("a file in a temporary folder");
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn start(&self, arguments: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_bank"))
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    pub(crate) fn run(&self, arguments: &str) -> Ended {
        ended(self.start(arguments))
    }

    /// Runs what must succeed, and answers what it prints.
    pub(crate) fn out(&self, arguments: &str) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments}: {ended:#?}");
        ended.out
    }
}

pub(crate) fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().expect("the program ends");
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

/// The header of a file and those of its lines that are wanted.
pub(crate) fn lines(content: &str, is_wanted: impl Fn(&str) -> bool) -> String {
    content
        .lines()
        .enumerate()
        .filter(|(index, line)| *index == 0 || is_wanted(line))
        .map(|(_, line)| format!("{line}\n"))
        .collect()
}

/// The date of a transaction's line, as it stands there.
pub(crate) fn date(line: &str) -> &str {
    line.split(';').nth(2).unwrap_or_default()
}
