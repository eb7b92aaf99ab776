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

/// Cases in which the compiler says one thing more than once, each time truly.
const REPEATED: [(&str, usize, &str); 12] = [
    (
        "aggregate/attribute_above_the_derive",
        2,
        "the compiler finds the attribute ambiguous before any macro runs",
    ),
    (
        "aggregate/not_an_event",
        2,
        "the table of kinds and the visitor both need an event, and share no body of code",
    ),
    (
        "block/of_no_aggregate",
        3,
        "the header, the signature and the body of `Handle` each name the aggregate",
    ),
    (
        "command/serialize_missing",
        2,
        "a command is an event, too, and each of the two traits needs it",
    ),
    (
        "decide/alias_of_no_result",
        2,
        "an alias cannot be looked through when the signature is read",
    ),
    (
        "process/refusal_of_what_is_not_decided_on",
        4,
        "the method, the trait's, its header and the table each need the reason of the refusal",
    ),
    (
        "process/refusal_without_types",
        2,
        "the compiler counts the types of a refusal before anybody asks for what it reacts to",
    ),
    (
        "process/sends_to_no_aggregate",
        2,
        "the instance and the command each need an aggregate",
    ),
    (
        "process/timer_without_a_type",
        2,
        "the compiler counts the types of a timer before anybody asks for what it reacts to",
    ),
    (
        "projection/no_read_model",
        3,
        "the key of a row, the method and the table each need a read model",
    ),
    (
        "projection/not_an_event",
        2,
        "the method and the table both need an event, and share no body of code",
    ),
    (
        "upcast/json_from_a_typed_function",
        2,
        "the compiler reports the argument and the result of such a function separately",
    ),
];

/// The number of errors that a case may print: one, but for those above and those of `ui/several`, whose first line
/// says how many mistakes they make: `//! 3 mistakes`.
fn errors_of(case: &Path) -> usize {
    let repeated = REPEATED
        .iter()
        .find(|(repeated, ..)| case.with_extension("").ends_with(repeated));
    if let Some((_, errors, _)) = repeated {
        return *errors;
    }
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

/// Runs on the texts as they are committed: after `TRYBUILD=overwrite`, run the tests once more.
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
        let expected = errors_of(&text.with_extension("rs"));
        assert_eq!(errors, expected, "{}:\n{printed}", text.display());
        assert!(
            !printed.contains("__ANNALS"),
            "{}:\n{printed}",
            text.display()
        );
    }
}
