//! Why a program is refused, in words.

use std::fmt::Write;

use super::difference::Difference;
use crate::error::{Error, ErrorKind};

/// What is wrong with one version of an event.
pub(super) struct Problem {
    pub(super) event_type: String,
    pub(super) version: u32,
    pub(super) wrong: Wrong,
    pub(super) differences: Vec<Difference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// The program cannot read what was stored.
    Unreadable,
    /// The program would store what older releases cannot read.
    TooNew,
    /// Newer releases store what the program cannot read.
    TooOld,
}

impl Wrong {
    fn text(self) -> &'static str {
        match self {
            Wrong::Unreadable => "was stored in a form that this program would misread",
            Wrong::TooNew => {
                "would be stored in a form that older releases, which may still run, would misread"
            }
            Wrong::TooOld => {
                "is stored by newer releases in a form that this program would misread"
            }
        }
    }

    fn cure(self) -> &'static str {
        match self {
            Wrong::Unreadable => {
                "or leave the version as it was released, and declare the next one with an `upcast` from it; where this \
                 program is the older release, run the newer one"
            }
            Wrong::TooNew => {
                "take older releases out of service, and run `schema accept` of your program (`cargo run -- schema accept`)"
            }
            Wrong::TooOld => "run the newer release",
        }
    }
}

/// One error for all of them.
pub(super) fn refusal(problems: &[Problem]) -> Error {
    let mut message = String::from("this program does not go with what the database holds");
    let mut cures: Vec<String> = Vec::new();
    for problem in problems {
        let Problem {
            event_type,
            version,
            wrong,
            differences,
        } = problem;
        let text = wrong.text();
        // Writing to a string does not fail.
        let _ = write!(
            message,
            "\n  event `{event_type}` version {version} {text}:"
        );
        for line in lines(differences) {
            let _ = write!(message, "\n    {line}");
        }
        if *wrong == Wrong::Unreadable {
            let of_rules = differences.iter().map(|difference| difference.rule.cure);
            of_rules.for_each(|cure| add(&mut cures, cure));
        }
    }
    for problem in problems {
        add(&mut cures, problem.wrong.cure());
    }
    Error::new(ErrorKind::Schema, message).with_hint(cures.join("; "))
}

/// Each difference once: it shows in the comparison with each form that was stored.
pub(super) fn lines(differences: &[Difference]) -> Vec<String> {
    let mut lines = Vec::new();
    for difference in differences {
        add(&mut lines, &difference.to_string());
    }
    lines
}

fn add(texts: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !texts.iter().any(|other| other == text) {
        texts.push(text.to_owned());
    }
}
