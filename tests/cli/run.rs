//! Commands, run in this process, with all that they print.

use std::path::{Path, PathBuf};

use annals::App;
use tempfile::TempDir;

/// A folder for a lock, which is gone after the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.0.path().join("annals")
    }

    /// The app with its lock here.
    pub(crate) fn app(&self, app: App) -> App {
        app.lock_folder(self.lock())
    }

    /// Locks what the app declares.
    pub(crate) fn locked(&self, app: App) {
        annals::schema::lock(&self.app(app)).expect("locked");
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.lock().join(file)).expect("a file of the lock")
    }

    /// Every file below with its text.
    pub(crate) fn files(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut folders = vec![self.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let text = std::fs::read_to_string(&path).expect("text");
                        files.push((path, text));
                    }
                }
            }
        }
        files.sort();
        files
    }

    /// Runs a command of the app. In what it prints, `ROOT` stands for the folder above the lock.
    pub(crate) async fn run(&self, app: App, arguments: &[&str]) -> Ran {
        let Ran {
            code,
            out,
            messages,
        } = run(&self.app(app), arguments).await;
        let rooted = |text: String| text.replace(&self.root().display().to_string(), "ROOT");
        Ran {
            code,
            out: rooted(out),
            messages: rooted(messages),
        }
    }
}

/// Runs a command of the app.
pub(crate) async fn run(app: &App, arguments: &[&str]) -> Ran {
    let arguments = ["bank"].iter().chain(arguments).map(Into::into);
    let (mut out, mut messages) = (Vec::new(), Vec::new());
    let code = annals::cli::run_with(app, arguments, &mut out, &mut messages).await;
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ran {
        code,
        out: text(out),
        messages: text(messages),
    }
}

/// What came of a command.
#[derive(Debug, PartialEq)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) messages: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn is(&self, code: u8, out: &str, messages: &str) {
        assert_eq!(self.out, out);
        assert_eq!(self.messages, messages);
        assert_eq!(self.code, code);
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("one JSON document")
    }
}
