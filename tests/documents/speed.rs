//! The figures in the README are those that the benchmark wrote last.

use crate::{read, repository};

const README: &str = "README.md";
const RESULTS: &str = "benches/peers/results.md";

#[test]
fn the_readme_shows_what_the_benchmark_wrote() {
    let results = read(RESULTS);
    let table: Vec<_> = results
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(table.len() > 10, "no table in {RESULTS}: {table:?}");
    assert!(
        read(README).contains(&table.join("\n")),
        "{README} has another table than {RESULTS}; it should be\n{}",
        table.join("\n")
    );
}

#[test]
fn no_quick_run_is_shown_as_the_result() {
    assert!(!read(RESULTS).contains("A quick run"));
}

#[test]
fn every_figure_in_the_readme_is_there() {
    let readme = read(README);
    let mut shown = 0;
    for path in readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        if path.ends_with(".svg") {
            shown += 1;
            assert!(repository().join(path).is_file(), "{README}: {path}");
        }
    }
    assert!(shown > 0, "{README} shows no plot");
}
