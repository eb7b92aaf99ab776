//! What a user reads who makes a mistake: one mistake per file, each with the whole text that the compiler prints.
//!
//! `TRYBUILD=overwrite cargo test -p annals-tests --test ui` writes the texts anew. Read them before committing: each has
//! to name the user's own things, point at the smallest wrong token, and end with an edit that can be pasted.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn mistakes() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/*.rs");
    cases.pass("pass/*.rs");
}

/// Every file under `ui/` with this extension.
fn files(extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut files = Vec::new();
    for topic in fs::read_dir(root).expect("tests/ui") {
        for file in fs::read_dir(topic.expect("a topic").path()).expect("a topic") {
            let file = file.expect("a case").path();
            if file.extension().is_some_and(|found| found == extension) {
                files.push(file);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_expected_text_has_its_case() {
    let orphans: Vec<_> = files("stderr")
        .into_iter()
        .filter(|text| !text.with_extension("rs").exists())
        .collect();
    assert!(orphans.is_empty(), "texts without a case: {orphans:?}");
}

/// The number of mistakes in each case of `ui/several`, as its first line says: `//! 3 mistakes`.
fn mistakes_in(case: &Path) -> usize {
    if !case
        .parent()
        .is_some_and(|topic| topic.ends_with("several"))
    {
        return 1;
    }
    let source = fs::read_to_string(case).expect("a case");
    let number = source
        .strip_prefix("//! ")
        .and_then(|rest| rest.split_once(" mistakes"))
        .and_then(|(number, _)| number.parse().ok());
    number.unwrap_or_else(|| panic!("{} has to begin with `//! N mistakes`", case.display()))
}

#[test]
fn one_mistake_is_one_error() {
    let texts = files("stderr");
    assert!(texts.len() >= 40, "only {} cases", texts.len());
    for text in texts {
        let printed = fs::read_to_string(&text).expect("a text");
        let errors = printed
            .lines()
            .filter(|line| line.starts_with("error"))
            .filter(|line| !line.contains("could not compile") && !line.contains("aborting"))
            .count();
        let mistakes = mistakes_in(&text.with_extension("rs"));
        assert_eq!(errors, mistakes, "{}:\n{printed}", text.display());
        assert!(
            !printed.contains("__ANNALS"),
            "{}:\n{printed}",
            text.display()
        );
    }
}
