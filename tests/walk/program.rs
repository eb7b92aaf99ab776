//! A program in a folder of its own, built by cargo as a user's is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        let workspace = workspace.expect("the workspace");
        let runtime = workspace.join("runtime");
        let manifest = format!(
            "[package]\nname = \"walk-program\"\nedition = \"2024\"\n\n\
             [dependencies]\nannals = {{ path = {runtime:?} }}\nserde = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"rt\", \"macros\"] }}\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n"
        );
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("written");
        // The versions of the workspace, which are there.
        let lock = workspace.join("Cargo.lock");
        fs::copy(lock, folder.path().join("Cargo.lock")).expect("copied");
        Program { folder }
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.file(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
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
        fs::read_to_string(self.file(path)).expect("a file of the program")
    }

    fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// What a command prints, its output before its messages.
    pub(crate) fn run(&self, command: &str) -> String {
        let output = match command.strip_prefix("cargo run -- ") {
            Some(arguments) => {
                let built = self.cargo("build");
                let said = String::from_utf8_lossy(&built.stderr);
                assert!(built.status.success(), "{said}");
                let program = Self::target().join("debug/walk-program");
                let mut program = Command::new(program);
                program.args(arguments.split(' '));
                self.output(program)
            }
            None if command == "cargo check" => self.cargo("check"),
            None => {
                let mut shell = Command::new("sh");
                shell.args(["-c", command]);
                let output = self.output(shell);
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{command}: {said}");
                output
            }
        };
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).expect("text");
        printed.replace(&self.folder.path().display().to_string(), "ROOT")
    }

    fn cargo(&self, build: &str) -> Output {
        let mut cargo = Command::new(std::env::var_os("CARGO").expect("run by cargo"));
        cargo.args([build, "--quiet", "--offline"]);
        cargo.env("CARGO_TARGET_DIR", Self::target());
        self.output(cargo)
    }

    fn output(&self, mut command: Command) -> Output {
        for (name, value) in [("NAME", "A developer"), ("EMAIL", "developer@example.com")] {
            command.env(format!("GIT_AUTHOR_{name}"), value);
            command.env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.current_dir(self.folder.path());
        command.env_remove("GITHUB_WORKSPACE");
        command.output().expect("the command runs")
    }

    /// That of the workspace, where the dependencies are built already.
    fn target() -> PathBuf {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
        target.expect("the target folder").to_path_buf()
    }
}
