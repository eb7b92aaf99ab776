//! A crate of its own, built by cargo as that of a user is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::Ran;

const MAIN: &str = r#"
use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct Opened { owner: String }

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(Opened))]
struct Account;

#[aggregate]
impl Account {
    fn opened(&mut self, _: Opened) {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    if std::env::args().nth(1).as_deref() == Some("release") {
        println!("{}", <Opened as Event>::RELEASE.is_locked);
        return std::process::ExitCode::SUCCESS;
    }
    annals::cli::run(annals::App::new("sqlite://bank.db").aggregate::<Account>()).await
}
"#;

struct Crate {
    folder: tempfile::TempDir,
}

impl Crate {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the workspace");
        let runtime = workspace.join("runtime");
        let manifest = format!(
            "[package]\nname = \"annals-fixture\"\nedition = \"2024\"\n\n\
             [dependencies]\nannals = {{ path = {runtime:?} }}\nserde = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"rt\", \"macros\"] }}\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n"
        );
        let write = |file: &str, text: &str| {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            fs::write(file, text).expect("written");
        };
        write("Cargo.toml", &manifest);
        write("src/main.rs", MAIN);
        // The versions of the workspace, which are there.
        fs::copy(
            workspace.join("Cargo.lock"),
            folder.path().join("Cargo.lock"),
        )
        .expect("copied");
        Crate { folder }
    }

    fn main(&self) -> PathBuf {
        self.folder.path().join("src/main.rs")
    }

    /// Builds the crate, whose warnings and those of its dependencies are none of the program's messages, and runs it.
    fn run(&self, arguments: &[&str]) -> Ran {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("the target folder");
        let cargo = std::env::var_os("CARGO").expect("run by cargo");
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--offline"])
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", target)
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        let ran = Command::new(target.join("debug/annals-fixture"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("GITHUB_WORKSPACE")
            .output()
            .expect("the program runs");
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("text");
            text.replace(&self.folder.path().display().to_string(), "ROOT")
        };
        Ran {
            code: ran
                .status
                .code()
                .and_then(|code| code.try_into().ok())
                .expect("an exit code"),
            out: text(ran.stdout),
            messages: text(ran.stderr),
        }
    }
}

#[test]
fn a_user_locks_what_was_written_and_the_compiler_sees_it() {
    let bank = Crate::new();
    bank.run(&["release"]).is(0, "false\n", "");
    let cure = "run `cargo run -- schema lock`, and commit the folder";
    bank.run(&["schema", "check"]).is(
        1,
        &format!(
            "account.opened: is a new event: nothing → version 1: draft: {cure} (EVENT_ADDED)\n\
             aggregate account: is read by its aggregate: nothing → account.opened: amendment: {cure} \
             (AGGREGATE_EVENT_ADDED)\n"
        ),
        "not to be released: 1 draft, 1 amendment, 0 breaking\n",
    );
    let ran = bank.run(&["schema", "lock"]);
    assert_eq!(
        (ran.code, ran.messages.as_str()),
        (0, "locked; commit the folder\n"),
        "{ran:?}"
    );
    // The lock is new, and cargo was told nothing of it but by the manifest.
    bank.run(&["release"]).is(0, "true\n", "");
    bank.run(&["schema", "check"])
        .is(0, "", "everything is locked\n");
    let source = MAIN.replace("owner: String }", "owner: String, email: Option<String> }");
    fs::write(bank.main(), source).expect("written");
    let ran = bank.run(&["schema", "check", "--format", "github"]);
    assert_eq!(
        (ran.code, ran.out),
        (
            1,
            format!(
                "::warning file=annals/events/account.opened.json,title=FIELD_ADDED_OPTIONAL::account.opened v1: email: was \
                 added, and may be absent: nothing → optional text: amendment: {cure} (FIELD_ADDED_OPTIONAL)\n"
            )
        )
    );
    assert_eq!(bank.run(&["schema", "lock"]).code, 0);
    bank.run(&["schema", "check"])
        .is(0, "", "everything is locked\n");
    assert!(
        !bank.folder.path().join("bank.db").exists(),
        "no database is needed"
    );
}
