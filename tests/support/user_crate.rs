use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A crate in a folder of its own that depends on annals, built by cargo as a user's is.
pub struct UserCrate {
    folder: tempfile::TempDir,
    name: &'static str,
    target: PathBuf,
}

impl UserCrate {
    /// A crate without a source. `temporary` is the suite's `CARGO_TARGET_TMPDIR`: the crate is built beside it, where the
    /// dependencies are built already.
    #[must_use]
    pub fn new(name: &'static str, temporary: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        let workspace = workspace.expect("the workspace");
        let runtime = workspace.join("runtime");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n\
             [dependencies]\nannals = {{ path = {runtime:?} }}\nserde = \"1\"\nserde_json = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"rt\", \"macros\"] }}\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n"
        );
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("written");
        // The versions of the workspace, which are there.
        let lock = workspace.join("Cargo.lock");
        fs::copy(lock, folder.path().join("Cargo.lock")).expect("copied");
        let target = Path::new(temporary).parent().expect("the target folder");
        UserCrate {
            folder,
            name,
            target: target.to_path_buf(),
        }
    }

    /// A file of the crate.
    #[must_use]
    pub fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file of the crate.
    pub fn write(&self, path: &str, text: &str) {
        let file = self.file(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    }

    /// Runs cargo on the crate, quietly and without a network.
    #[must_use]
    pub fn cargo(&self, build: &str) -> Output {
        let mut cargo = Command::new(std::env::var_os("CARGO").expect("run by cargo"));
        cargo.args([build, "--quiet", "--offline"]);
        cargo.env("CARGO_TARGET_DIR", &self.target);
        self.output(&mut cargo)
    }

    /// Builds the program, whose warnings are none of its messages, and runs it.
    #[must_use]
    pub fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Output {
        let built = self.cargo("build");
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        let mut program = Command::new(self.target.join("debug").join(self.name));
        self.output(program.args(arguments))
    }

    /// Runs a command in the folder of the crate.
    #[must_use]
    pub fn output(&self, command: &mut Command) -> Output {
        command.current_dir(self.folder.path());
        command.env_remove("GITHUB_WORKSPACE");
        command.output().expect("the command runs")
    }

    /// What was printed, with `ROOT` for the folder of the crate.
    #[must_use]
    pub fn text(&self, bytes: Vec<u8>) -> String {
        let text = String::from_utf8(bytes).expect("text");
        text.replace(&self.folder.path().display().to_string(), "ROOT")
    }
}
