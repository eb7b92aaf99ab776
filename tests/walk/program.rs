//! The program of a page.

use std::fs;
use std::process::Command;

use annals_tests::UserCrate;

pub(crate) struct Program(UserCrate);

impl Program {
    pub(crate) fn new(name: &'static str) -> Self {
        Program(UserCrate::new(name, env!("CARGO_TARGET_TMPDIR")))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        self.0.write(path, text);
    }

    pub(crate) fn append(&self, path: &str, text: &str) {
        self.write(path, &format!("{}\n{text}", self.read(path)));
    }

    pub(crate) fn change(&self, path: &str, from: &str, to: &str) {
        let before = self.read(path);
        assert_eq!(before.matches(from).count(), 1, "{from}\nin\n{before}");
        self.write(path, &before.replace(from, to));
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.file(path)).expect("a file of the program")
    }

    /// What a command prints, its output before its messages.
    pub(crate) fn run(&self, command: &str) -> String {
        let output = match command.strip_prefix("cargo run -- ") {
            Some(arguments) => self.0.run(arguments.split(' ')),
            None if command == "cargo check" => self.0.cargo("check"),
            None => {
                let mut shell = Command::new("sh");
                shell.args(["-c", command]);
                for (name, value) in [("NAME", "A developer"), ("EMAIL", "developer@example.com")] {
                    shell.env(format!("GIT_AUTHOR_{name}"), value);
                    shell.env(format!("GIT_COMMITTER_{name}"), value);
                }
                let output = self.0.output(&mut shell);
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{command}: {said}");
                output
            }
        };
        self.0.text([output.stdout, output.stderr].concat())
    }
}
