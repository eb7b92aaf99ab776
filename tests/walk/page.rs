//! The blocks of a page that say what is to be done.

pub(crate) enum Block {
    /// A whole file.
    File { path: String, text: String },
    /// What is added to the end of a file.
    Appendix { path: String, text: String },
    /// Lines in place of others.
    Change {
        path: String,
        from: String,
        to: String,
    },
    /// What a file has come to hold.
    Content { path: String, text: String },
    /// A command and what it prints.
    Command { command: String, output: String },
}

/// The blocks that name a file, and those of commands, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in page.split("```").skip(1).step_by(2) {
        let (head, text) = part.split_once('\n').expect("a block has lines");
        let text = text.to_owned();
        let mut words = head.split(' ');
        let kind = words.next().unwrap_or_default();
        let path = words.next().map(str::to_owned);
        let is_appendix = words.next() == Some("+");
        match (kind, path) {
            ("console", None) => blocks.extend(commands(&text)),
            ("rust", Some(path)) if is_appendix => blocks.push(Block::Appendix { path, text }),
            ("rust", Some(path)) => blocks.push(Block::File { path, text }),
            ("json", Some(path)) => blocks.push(Block::Content { path, text }),
            ("diff", Some(path)) => blocks.push(Block::Change {
                path,
                from: side(&text, '-'),
                to: side(&text, '+'),
            }),
            _ => {}
        }
    }
    blocks
}

fn commands(text: &str) -> Vec<Block> {
    let each = text.split("$ ").skip(1);
    each.map(|one| {
        let (command, output) = one.split_once('\n').expect("a command is a line");
        Block::Command {
            command: command.to_owned(),
            output: output.to_owned(),
        }
    })
    .collect()
}

/// The lines of one side of a change.
fn side(text: &str, sign: char) -> String {
    let lines = text.lines().filter(|line| line.starts_with([' ', sign]));
    lines.map(|line| format!("{}\n", &line[1..])).collect()
}
