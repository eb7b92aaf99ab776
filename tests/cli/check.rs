//! `schema check`

use crate::apps;
use crate::run::Folder;

const CURE: &str = "run `cargo run -- schema lock`, and commit the folder";

#[tokio::test]
async fn drafts_and_amendments_are_not_to_be_released() {
    let folder = Folder::new();
    let ran = folder.run(apps::events(), &["schema", "check"]).await;
    let line = |name| {
        format!("{name}: is a new event: nothing → version 1: draft: {CURE} (EVENT_ADDED)\n")
    };
    ran.is(
        1,
        &[line("account.opened"), line("money.withdrawn")].concat(),
        "not to be released: 2 draft, 0 amendment, 0 breaking\n",
    );
    assert!(!folder.lock().exists(), "looking writes nothing");
    folder.locked(apps::first());
    let ran = folder.run(apps::first(), &["schema", "check"]).await;
    ran.is(0, "", "everything is locked\n");
    let ran = folder.run(apps::amended(), &["schema", "check"]).await;
    let email = format!(
        "account.opened v1: email: was added, and may be absent: nothing → optional text: amendment: {CURE} \
         (FIELD_ADDED_OPTIONAL)\n"
    );
    assert!(ran.out.starts_with(&email), "{}", ran.out);
    assert_eq!(
        (ran.code, ran.messages.as_str()),
        (1, "not to be released: 0 draft, 2 amendment, 0 breaking\n")
    );
}

#[tokio::test]
async fn the_same_as_json() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let ran = folder
        .run(apps::second(), &["schema", "check", "--format", "json"])
        .await;
    let expected = serde_json::json!({
        "command": "check",
        "clean": false,
        "differences": [{
            "rule": "VERSION_ADDED",
            "stage": "draft",
            "event": "account.opened",
            "version": 2,
            "aggregate": null,
            "read_model": null,
            "path": ".",
            "what": "is a new version",
            "from": null,
            "to": "version 2",
            "verdict": "BACKWARD",
            "backward": true,
            "forward": false,
            "reason": "older code does not know it",
            "cure": CURE,
            "folder": "ROOT/annals",
            "file": "events/account.opened.json",
        }],
    });
    assert_eq!(ran.json(), expected);
    assert_eq!((ran.code, ran.messages.as_str()), (1, ""));
    let ran = folder
        .run(apps::first(), &["--format", "json", "schema", "check"])
        .await;
    assert_eq!(
        ran.json(),
        serde_json::json!({"command": "check", "clean": true, "differences": []})
    );
    assert_eq!(ran.code, 0);
}

#[tokio::test]
async fn the_same_as_annotations() {
    let folder = Folder::new();
    folder.locked(apps::events());
    let ran = folder
        .run(apps::broken(), &["schema", "check", "--format", "github"])
        .await;
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(
        lines[1],
        "::error file=ROOT/annals/events/money.withdrawn.json,title=NUMBER_NO_CHANGE::money.withdrawn v1: cents: holds \
         other numbers: i64 → u64: breaking: take the old type back (NUMBER_NO_CHANGE)"
    );
    assert_eq!(
        lines[2],
        format!(
            "::warning title=AGGREGATE_EVENT_ADDED::aggregate account: is read by its aggregate: nothing → \
             money.withdrawn: amendment: {CURE} (AGGREGATE_EVENT_ADDED)"
        )
    );
    assert_eq!((lines.len(), ran.code), (3, 1));
}

#[tokio::test]
async fn what_is_not_understood_is_refused_with_help() {
    let folder = Folder::new();
    let ran = folder.run(apps::first(), &["schema", "chek"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.messages.contains("check"), "{}", ran.messages);
    let ran = folder
        .run(apps::first(), &["schema", "check", "--help"])
        .await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""));
    assert!(
        ran.out.contains("Usage: bank schema check") && ran.out.contains("  3  with `--against`"),
        "{}",
        ran.out
    );
}

#[test]
fn a_test_can_guard_the_lock() {
    let folder = Folder::new();
    let error = annals::testing::check_lock(&folder.app(apps::events())).expect_err("drafts");
    assert_eq!(
        error.to_string(),
        format!(
            "the schema lock does not hold what the program declares:\n  \
             account.opened: is a new event: nothing → version 1: draft: {CURE} (EVENT_ADDED)\n  \
             money.withdrawn: is a new event: nothing → version 1: draft: {CURE} (EVENT_ADDED)"
        )
    );
    folder.locked(apps::events());
    annals::testing::check_lock(&folder.app(apps::events())).expect("locked");
}
