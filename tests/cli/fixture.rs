//! A crate of its own, built by cargo as that of a user is.

use annals_tests::UserCrate;

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

struct Bank(UserCrate);

impl Bank {
    fn new() -> Self {
        let bank = UserCrate::new("annals-fixture", env!("CARGO_TARGET_TMPDIR"));
        bank.write("src/main.rs", MAIN);
        Bank(bank)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let ran = self.0.run(arguments.iter().copied());
        let code = ran.status.code().and_then(|code| code.try_into().ok());
        Ran {
            code: code.expect("an exit code"),
            out: self.0.text(ran.stdout),
            messages: self.0.text(ran.stderr),
        }
    }
}

#[test]
fn a_user_locks_what_was_written_and_the_compiler_sees_it() {
    let bank = Bank::new();
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
    bank.0.write("src/main.rs", &source);
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
    assert!(!bank.0.file("bank.db").exists(), "no database is needed");
}
