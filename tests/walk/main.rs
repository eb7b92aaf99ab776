//! `docs/schema-lock.md`, done as it says: every file is written, every change made, every command run, and every output
//! compared.

mod page;
mod program;

use page::Block;
use program::Program;

#[test]
fn the_life_of_an_event_is_as_the_page_tells_it() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema-lock.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let program = Program::new();
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
                    _ => said.trim_end() == output.trim_end(),
                };
                assert!(is_as_told, "$ {command}\n{said}\ninstead of\n{output}");
            }
        }
    }
}
