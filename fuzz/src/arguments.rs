//! Arguments of the command line.

use std::ffi::OsString;

use crate::domain;
use crate::held;

/// What never ends, leads to other places, or waits for somebody.
const LEFT_OUT: [&str; 6] = ["serve", "follow", "/", "\\", "postgres", ".."];

/// Every command line is answered: by an exit code that is documented, and by words where it failed. What is asked for as JSON is
/// JSON.
///
/// Each line is an argument. Files are named in an empty folder.
pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    if LEFT_OUT.iter().any(|part| text.contains(part)) || text.contains('\0') {
        return;
    }
    let arguments: Vec<_> = text.lines().collect();
    // It would read the standard input.
    if arguments.contains(&"import") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::env::set_current_dir(folder.path()).expect("a folder to be in");
    held::with(held::filled, async |held| {
        let app = domain::app(held.store.clone()).lock_folder(folder.path().join("annals"));
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let program = std::iter::once("program").chain(arguments.iter().copied());
        let program = program.map(OsString::from);
        let code = annals::cli::run_with(&app, program, &mut out, &mut messages).await;
        let out = String::from_utf8(out).expect("text");
        let messages = String::from_utf8(messages).expect("text");
        assert!(code <= 3, "{code}");
        assert!(
            code != 2 || !messages.is_empty(),
            "{arguments:?} failed without a word"
        );
        let is_json = arguments
            .windows(2)
            .any(|pair| pair == ["--format", "json"])
            || arguments.contains(&"--format=json");
        let is_help = out.contains("Usage:");
        if is_json && code != 2 && !is_help {
            let documents =
                serde_json::Deserializer::from_str(&out).into_iter::<serde_json::Value>();
            for document in documents {
                let document =
                    document.unwrap_or_else(|error| panic!("{arguments:?}: {error} in {out}"));
                assert!(document.is_object(), "{document}");
            }
        }
    });
    std::env::set_current_dir("/").expect("a folder to be in");
}
