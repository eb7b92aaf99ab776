//! The pages of `docs` that walk through something, done as they say: every file is written, every change made, every command
//! run, and every output compared.

mod page;
mod program;

use page::Block;
use program::Program;

#[test]
fn the_life_of_an_event_is_as_the_page_tells_it() {
    walk("schema-lock.md", "lock-program");
}

#[test]
fn a_read_model_is_built_anew_as_the_page_tells_it() {
    walk("migration-replay.md", "replay-program");
}

fn walk(page: &str, name: &'static str) {
    let page = format!("{}/../docs/{page}", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(page).expect("the page");
    let program = Program::new(name);
    for block in page::blocks(&page) {
        match block {
            Block::File { path, text } => program.write(&path, &text),
            Block::Appendix { path, text } => program.append(&path, &text),
            Block::Change { path, from, to } => program.change(&path, &from, &to),
            Block::Content { path, text } => assert_eq!(program.read(&path), text, "{path}"),
            Block::Command { command, output } => {
                let said = program.run(&command);
                let is_as_told = match command.as_str() {
                    // The compiler adds where it was, and warns of a program that does little.
                    "cargo check" => said.contains(output.trim_end()),
                    _ => without_times(said.trim_end()) == without_times(output.trim_end()),
                };
                assert!(is_as_told, "$ {command}\n{said}\ninstead of\n{output}");
            }
        }
    }
}

/// What a command prints, without how long it took: `in 0.2 s` becomes `in s`.
fn without_times(text: &str) -> String {
    let mut parts = text.split(" in ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let seconds = part.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '.');
        let part = match seconds.starts_with(" s") {
            true => seconds.trim_start(),
            false => part,
        };
        text + " in " + part
    })
}
