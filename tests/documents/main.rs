//! What the documents say of the repository is true.

mod guarantees;
mod metrics;
mod speed;
mod suites;

use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the repository")
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents that people read, as paths from the top.
fn documents() -> Vec<String> {
    let mut documents: Vec<String> = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "examples/README.md",
        "runtime/src/store/DESIGN.md",
    ]
    .map(String::from)
    .into();
    let more = fs::read_dir(repository().join("docs"))
        .into_iter()
        .flatten();
    for entry in more.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            documents.push(format!("docs/{name}"));
        }
    }
    documents
}

/// The parts of a text between backticks, outside of blocks of code. The text of a link is no part: the link is checked.
fn quoted(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for outside in text.split("```").step_by(2) {
        let mut split = outside.split('`').skip(1);
        while let Some(part) = split.next() {
            if !split.next().unwrap_or_default().starts_with("](") {
                parts.push(part.to_owned());
            }
        }
    }
    parts
}

/// Whether it can be meant as a path of the repository, and of nothing else.
fn is_path(text: &str) -> bool {
    const FILES: [&str; 7] = [".rs", ".md", ".toml", ".sql", ".sh", ".stderr", ".lock"];
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    plain
        && !text.starts_with('/')
        && (text.contains('/') || FILES.iter().any(|end| text.ends_with(end)))
}

#[test]
fn every_path_in_the_documents_exists() {
    let mut missing = Vec::new();
    let mut found = 0;
    for document in documents() {
        let beside = repository().join(&document);
        let beside = beside.parent().expect("a folder");
        for path in quoted(&read(&document)) {
            if !is_path(&path) {
                continue;
            }
            if repository().join(&path).exists() || beside.join(&path).exists() {
                found += 1;
            } else {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(found > 20, "only {found} paths were found at all");
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    let mut missing = Vec::new();
    for document in documents() {
        let file = repository().join(&document);
        let text = read(&document);
        for link in text.split("](").skip(1) {
            let target = link.split(')').next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path: PathBuf = file.parent().expect("a folder").join(target);
            if !path.exists() {
                missing.push(format!("{document}: {target}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The blocks of a document in a language, each with the words before it.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<(&'t str, &'t str)> {
    let fence = format!("```{language}\n");
    let mut blocks = Vec::new();
    let mut before = 0;
    while let Some(at) = text[before..].find(&fence) {
        let start = before + at + fence.len();
        let end = start + text[start..].find("```").expect("a block ends");
        blocks.push((&text[before..before + at], &text[start..end]));
        before = end + 3;
    }
    blocks
}

/// A block that is printed "from" a file stands in that file, line by line.
#[test]
fn what_is_printed_from_a_file_stands_in_it() {
    let readme = read("README.md");
    let mut compared = 0;
    for (before, block) in blocks(&readme, "rust") {
        let words = before.trim_end().rsplit("\n\n").next().unwrap_or_default();
        if !words.contains("from `") {
            continue;
        }
        let path = quoted(words).pop().expect("it names the file");
        let file = read(&path);
        assert!(
            file.contains(block.trim()),
            "{path} does not hold what the README prints from it"
        );
        compared += 1;
    }
    assert!(compared > 0, "the README prints no file");
}

#[test]
fn the_check_runs_the_test_command_of_the_readme() {
    let readme = read("README.md");
    let (_, command) = blocks(&readme, "console")
        .into_iter()
        .find(|(before, _)| before.trim_end().ends_with("`DATABASE_URL`:"))
        .expect("the README says how to run the tests");
    let command = command.trim().trim_start_matches("$ ");
    assert!(command.starts_with("cargo test"), "{command}");
    let check = read(".ci/run");
    assert!(check.contains(command), ".ci/run does not run `{command}`");
    assert!(read("CONTRIBUTING.md").contains(&format!("`{command}`")));
}

#[test]
fn the_documents_name_the_toolchain_that_is_used() {
    let toolchain = read("rust-toolchain.toml");
    let channel = toolchain
        .lines()
        .find_map(|line| line.strip_prefix("channel = "))
        .expect("a channel")
        .trim_matches('"');
    let manifest = read("Cargo.toml");
    let least = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .expect("the oldest compiler")
        .trim_matches('"');
    assert!(channel.starts_with(least), "{channel} and {least}");
}

/// The root says it once, and no member leaves it out.
#[test]
fn unsafe_code_is_forbidden_in_every_member() {
    let root = read("Cargo.toml");
    let (_, lints) = root.split_once("[workspace.lints.rust]").expect("lints");
    let lints = lints.split("\n[").next().unwrap_or_default();
    assert!(lints.contains("unsafe_code = \"forbid\""), "{lints}");
    let (_, members) = root.split_once("members = [").expect("members");
    let members = members.split(']').next().unwrap_or_default();
    let members: Vec<_> = members.split('"').skip(1).step_by(2).collect();
    assert!(members.len() > 5, "{members:?}");
    for member in members {
        let manifest = read(&format!("{member}/Cargo.toml"));
        assert!(
            manifest.contains("\n[lints]\nworkspace = true\n"),
            "{member} has lints of its own"
        );
    }
}
