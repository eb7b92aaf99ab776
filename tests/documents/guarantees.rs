//! Each promise of `docs/guarantees.md` is bound to tests that exist, and each bug that is planted to a promise.

use std::collections::{BTreeMap, BTreeSet};

use crate::suites::tests_of;
use crate::{quoted, read};

const PAGE: &str = "docs/guarantees.md";

/// One line of the page.
struct Promise {
    line: String,
    is_kept: bool,
    on: String,
    tests: Vec<Bound>,
    plants: Vec<String>,
}

/// A test by its suite and its full name.
struct Bound {
    suite: String,
    name: String,
}

fn promises() -> Vec<Promise> {
    let page = read(PAGE);
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| |"));
    rows.map(promise).collect()
}

fn promise(line: &str) -> Promise {
    let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [kept, on, what, shown] = cells[..] else {
        panic!("not four cells: {line}")
    };
    assert!(
        what.ends_with('.') && what.len() > 20,
        "no sentence: {line}"
    );
    let (mut tests, mut plants) = (Vec::new(), Vec::new());
    for part in quoted(shown) {
        match part.split_once(' ') {
            Some((suite, name)) => tests.extend(spelled(suite, name)),
            None => plants.push(part),
        }
    }
    Promise {
        line: line.to_owned(),
        is_kept: match kept {
            "yes" => true,
            "limit" => false,
            _ => panic!("neither yes nor limit: {line}"),
        },
        on: on.to_owned(),
        tests,
        plants,
    }
}

/// `{postgres,sqlite}` stands for two names.
fn spelled(suite: &str, name: &str) -> Vec<Bound> {
    let stores: &[&str] = match name.contains(BOTH) {
        true => &["postgres", "sqlite"],
        false => &[BOTH],
    };
    let bound = |store: &&str| Bound {
        suite: suite.to_owned(),
        name: name.replace(BOTH, store),
    };
    stores.iter().map(bound).collect()
}

const BOTH: &str = "{postgres,sqlite}";

#[test]
fn every_promise_is_bound_to_tests_that_exist() {
    let mut suites: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let promises = promises();
    assert!(promises.len() > 60, "{}", promises.len());
    assert!(promises.iter().any(|promise| !promise.is_kept));
    for promise in &promises {
        assert!(
            !promise.tests.is_empty(),
            "bound to no test: {}",
            promise.line
        );
        for Bound { suite, name } in &promise.tests {
            let tests = suites
                .entry(suite.clone())
                .or_insert_with(|| tests_of(suite));
            assert!(
                tests.contains(name),
                "suite `{suite}` has no test `{name}`: {}",
                promise.line
            );
        }
    }
}

/// A line on both stores is shown on both, where its tests say on which they run.
#[test]
fn every_promise_is_shown_where_it_is_made() {
    for Promise {
        line, on, tests, ..
    } in promises()
    {
        let named = |words: &[&str]| {
            tests
                .iter()
                .any(|test| words.iter().any(|word| test.name.contains(word)))
        };
        let shown = (named(&["postgres"]), named(&["sqlite"]));
        let expected = match on.as_str() {
            "both" => shown.0 == shown.1,
            "PostgreSQL" => !shown.1,
            "SQLite" => !shown.0 || line.contains("`security roles::only_postgres"),
            _ => panic!("on no store: {line}"),
        };
        assert!(expected, "shown elsewhere: {line}");
    }
}

/// The names on the command line, from where they are given.
fn planted() -> BTreeSet<String> {
    let source = read("tests/prove/src/plant/mod.rs");
    let (_, names) = source
        .split_once("fn name(self)")
        .expect("plants have names");
    let (names, _) = names.split_once("    }\n\n").expect("it ends");
    names
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_plant_breaks_a_promise() {
    let planted = planted();
    assert!(planted.len() > 10, "{planted:?}");
    let named: BTreeSet<_> = promises()
        .into_iter()
        .flat_map(|promise| promise.plants)
        .collect();
    assert_eq!(named, planted);
    // Each of them is found.
    let proof = read("tests/prove/tests/proof.rs");
    for plant in planted {
        assert!(
            proof.contains(&format!("\"{plant}\"")),
            "{plant} is in no proof"
        );
    }
}
