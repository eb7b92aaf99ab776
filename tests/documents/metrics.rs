//! The table of metrics in `docs/operate.md` names those that there are.

use std::collections::BTreeSet;

use crate::{quoted, read};

#[test]
fn every_metric_is_in_the_table_and_no_other() {
    let source = read("runtime/src/telemetry.rs");
    let counted: BTreeSet<&str> = source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|name| name.starts_with("annals_"))
        .collect();
    let page = read("docs/operate.md");
    let rows = page.lines().filter(|line| line.starts_with("| `annals_"));
    let told: Vec<String> = rows
        .filter_map(|line| quoted(line).into_iter().next())
        .collect();
    let told: BTreeSet<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(told, counted);
}
