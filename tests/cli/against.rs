//! `schema check --against`

use std::path::Path;
use std::process::Command;

use crate::apps;
use crate::run::{Folder, Ran};

fn git(folder: &Path, arguments: &[&str]) {
    let identity = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "-c",
        "init.defaultBranch=main",
    ];
    let done = Command::new("git")
        .args(identity)
        .args(arguments)
        .current_dir(folder)
        .output();
    let done = done.expect("git runs");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// A repository with the lock of an app, committed.
fn committed(app: annals::App) -> Folder {
    let folder = Folder::new();
    git(folder.root(), &["init", "-q"]);
    std::fs::write(folder.root().join("README"), "bank").expect("written");
    git(folder.root(), &["add", "."]);
    git(folder.root(), &["commit", "-q", "-m", "empty"]);
    git(folder.root(), &["tag", "empty"]);
    folder.locked(app);
    git(folder.root(), &["add", "."]);
    git(folder.root(), &["commit", "-q", "-m", "locked"]);
    folder
}

async fn against(folder: &Folder, app: annals::App, then: &str) -> Ran {
    folder
        .run(app, &["schema", "check", "--against", then])
        .await
}

#[tokio::test]
async fn a_change_that_all_survive_is_full() {
    let folder = committed(apps::first());
    folder.locked(apps::amended());
    against(&folder, apps::amended(), "HEAD").await.is(
        0,
        "account.opened v1: email: was added, and may be absent: nothing → optional text: FULL (FIELD_ADDED_OPTIONAL)\n\
         aggregate account: is another state: .: struct; balance: i64 → .: struct; balance: i64; owner: text: FULL \
         (STATE_CHANGED)\n",
        "new code and code of `HEAD` read each other\n",
    );
    against(
        &folder,
        apps::amended(),
        folder.lock().to_str().expect("text"),
    )
    .await
    .is(0, "", "nothing has changed since `ROOT/annals`\n");
}

#[tokio::test]
async fn older_releases_that_cannot_read_on_have_a_code_of_their_own() {
    let folder = committed(apps::first());
    folder.locked(apps::second());
    against(&folder, apps::second(), "main").await.is(
        3,
        "account.opened v2: is a new version: nothing → version 2: BACKWARD: take older releases out of service before it \
         is written (VERSION_ADDED)\n",
        "code of `main` cannot read all that is stored now: take it out of service first\n",
    );
    let json = folder
        .run(
            apps::second(),
            &["schema", "check", "--against", "main", "--format", "json"],
        )
        .await;
    let value = json.json();
    assert_eq!(
        (json.code, &value["backward"], &value["forward"]),
        (3, &true.into(), &false.into())
    );
    assert_eq!(
        (&value["against"], &value["differences"][0]["stage"]),
        (&"main".into(), &serde_json::Value::Null)
    );
    let github = folder
        .run(
            apps::second(),
            &["schema", "check", "--against", "main", "--format", "github"],
        )
        .await;
    assert!(
        github.out.starts_with(
            "::warning file=ROOT/annals/events/account.opened.json,title=VERSION_ADDED::"
        ),
        "{github:?}"
    );
}

#[tokio::test]
async fn what_new_code_cannot_read_is_breaking() {
    let folder = committed(apps::second());
    let older = Folder::new();
    older.locked(apps::first());
    let then = folder.lock();
    let ran = older
        .run(
            apps::first(),
            &["schema", "check", "--against", then.to_str().expect("text")],
        )
        .await;
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            1,
            "account.opened v2: is gone: version 2 → nothing: FORWARD: put it back (VERSION_NO_DELETE)\n"
        )
    );
}

#[tokio::test]
async fn a_revision_without_a_lock_had_nothing_locked() {
    let folder = committed(apps::events());
    let ran = against(&folder, apps::events(), "empty").await;
    assert_eq!(
        (ran.code, ran.out.matches("EVENT_ADDED").count()),
        (3, 2),
        "{ran:?}"
    );
}

#[tokio::test]
async fn a_crate_need_not_be_the_root_of_its_repository() {
    let outer = Folder::new();
    let inner = Folder::new();
    git(outer.root(), &["init", "-q"]);
    let crates = outer.root().join("crates/bank/annals");
    let app = || apps::events().lock_folder(&crates);
    annals::schema::lock(&app()).expect("locked");
    git(outer.root(), &["add", "."]);
    git(outer.root(), &["commit", "-q", "-m", "locked"]);
    let then = annals::schema::Baseline::Revision("HEAD".into());
    let found = annals::schema::check_against(&app(), &then).expect("compared");
    assert_eq!(found.differences, []);
    drop(inner);
}

#[tokio::test]
async fn what_stands_in_the_way_is_said() {
    let folder = committed(apps::events());
    against(&folder, apps::events(), "v9").await.is(
        2,
        "",
        "error: `v9` is neither a folder nor a revision that git knows in `ROOT`\n\
         help: fetch it (`git fetch --tags`; in a shallow clone `git fetch --unshallow`), or name another one\n",
    );
    against(&folder, apps::events(), "--output=x").await;
    let root = folder.root().to_str().expect("text");
    let ran = folder
        .run(
            apps::events(),
            &["schema", "check", "--against", &format!("{root}/.git")],
        )
        .await;
    ran.is(
        2,
        "",
        "error: `ROOT/.git` holds no lock: there is no `index.json` in it\n\
         help: name a folder that `schema lock` wrote, or a revision of git\n",
    );
    let bare = Folder::new();
    let ran = against(&bare, apps::events(), "main").await;
    ran.is(
        2,
        "",
        "error: there is no lock in `ROOT/annals`\nhelp: run `cargo run -- schema lock`\n",
    );
    bare.locked(apps::events());
    let ran = against(&bare, apps::events(), "main").await;
    ran.is(
        2,
        "",
        "error: `ROOT` lies in no repository of git\n\
         help: name a folder that holds an older lock instead of a revision\n",
    );
    let ran = bare
        .run(
            apps::events(),
            &["schema", "check", "--against", "main", "--format", "github"],
        )
        .await;
    assert_eq!(
        ran.out,
        "::error title=annals::`ROOT` lies in no repository of git%0Ahelp: name a folder that holds an older lock instead \
         of a revision\n"
    );
}
