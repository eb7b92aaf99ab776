//! `schema lock`

use std::fs;
use std::time::{Duration, SystemTime};

use crate::apps;
use crate::run::Folder;

#[tokio::test]
async fn drafts_are_locked_once() {
    let folder = Folder::new();
    let ran = folder.run(apps::first(), &["schema", "lock"]).await;
    ran.is(
        0,
        "ROOT/annals\n  \
         account.opened: is a new event: nothing → version 1 (EVENT_ADDED)\n  \
         money.withdrawn: is a new event: nothing → version 1 (EVENT_ADDED)\n  \
         aggregate account: is read by its aggregate: nothing → account.opened (AGGREGATE_EVENT_ADDED)\n  \
         aggregate account: is read by its aggregate: nothing → money.withdrawn (AGGREGATE_EVENT_ADDED)\n  \
         wrote events/account.opened.json\n  \
         wrote events/money.withdrawn.json\n  \
         wrote aggregates/account.json\n  \
         wrote index.json\n",
        "locked; commit the folder\n",
    );
    let files = folder.files();
    let ran = folder.run(apps::first(), &["schema", "lock"]).await;
    ran.is(0, "", "nothing to lock\n");
    assert_eq!(folder.files(), files);
}

#[tokio::test]
async fn an_amendment_takes_the_place_of_what_was_locked() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let ran = folder.run(apps::amended(), &["schema", "lock"]).await;
    ran.is(
        0,
        "ROOT/annals\n  \
         account.opened v1: email: was added, and may be absent: nothing → optional text (FIELD_ADDED_OPTIONAL)\n  \
         aggregate account: is another state: .: struct; balance: i64 → .: struct; balance: i64; owner: text \
         (STATE_CHANGED)\n  \
         wrote events/account.opened.json\n  \
         wrote aggregates/account.json\n",
        "locked; commit the folder\n",
    );
    assert!(
        folder
            .read("events/account.opened.json")
            .contains("\"email\": \"optional text\"")
    );
    // What the amendment allows cannot be taken back.
    let ran = folder.run(apps::first(), &["schema", "lock"]).await;
    assert_eq!(
        (ran.code, ran.out.contains("FIELD_NO_DELETE")),
        (1, true),
        "{ran:?}"
    );
}

#[tokio::test]
async fn where_anything_is_breaking_nothing_is_written() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let files = folder.files();
    let app = || apps::broken().event::<Another>();
    let ran = folder.run(app(), &["schema", "lock"]).await;
    ran.is(
        1,
        "account.opened: is gone: version 1 → nothing: breaking: add it to the app with `.event::<..>()` or with its \
         aggregate, or put it back, or read it with `reads(|_: Old| ())` of its aggregate (EVENT_NO_DELETE)\n\
         money.withdrawn v1: cents: holds other numbers: i64 → u64: breaking: take the old type back \
         (NUMBER_NO_CHANGE)\n\
         aggregate account: is read by its aggregate no more: account.opened → nothing: breaking: list it in \
         `events(..)`, or read it with `reads(..)` (AGGREGATE_EVENT_NO_DELETE)\n",
        "error: nothing was locked: what was stored could not be read any more\n\
         help: take the changes back, or keep the old type and add a new one with the next version and an `upcast`\n",
    );
    assert_eq!(folder.files(), files);
    let ran = folder
        .run(app(), &["schema", "lock", "--format", "json"])
        .await;
    let json = ran.json();
    assert_eq!(json["refused"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["refused"][1]["rule"], "NUMBER_NO_CHANGE");
    assert_eq!((ran.code, &json["folders"]), (1, &serde_json::json!([])));
    let error = annals::schema::lock(&folder.app(app())).expect_err("refused");
    assert!(error.to_string().contains("NUMBER_NO_CHANGE"), "{error}");
    assert_eq!(folder.files(), files);
}

#[derive(annals::Event, serde::Serialize, serde::Deserialize)]
#[event("another.event")]
struct Another;

#[tokio::test]
async fn a_new_version_stands_beside_the_old_one() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let ran = folder
        .run(apps::second(), &["schema", "lock", "--format", "json"])
        .await;
    let json = ran.json();
    let of = &json["folders"][0];
    assert_eq!(
        of["files"],
        serde_json::json!(["events/account.opened.json", "index.json"])
    );
    assert_eq!(of["differences"][0]["rule"], "VERSION_ADDED");
    assert_eq!(of["differences"][0]["version"], 2);
    let text = folder.read("events/account.opened.json");
    assert!(
        text.contains("\"owner\": \"text\"") && text.contains("\"owners[]\": \"text\""),
        "{text}"
    );
}

#[tokio::test]
async fn a_renamed_event_takes_its_versions_along() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let ran = folder.run(apps::renamed(), &["schema", "lock"]).await;
    ran.is(
        0,
        "ROOT/annals\n  \
         account.created: is stored under another name, and read under both: account.opened → account.created \
         (EVENT_RENAMED_WITH_ALIAS)\n  \
         wrote events/account.created.json\n  \
         wrote aggregates/account.json\n  \
         wrote index.json\n  \
         wrote events/account.opened.json\n",
        "locked; commit the folder\n",
    );
    assert!(!folder.lock().join("events/account.opened.json").exists());
    let text = folder.read("events/account.created.json");
    assert!(
        text.contains("\"account.opened\"") && text.contains("\"owner\": \"text\""),
        "{text}"
    );
    assert!(
        folder
            .read("aggregates/account.json")
            .contains("account.created")
    );
}

#[tokio::test]
async fn a_version_that_is_read_over_json_stays_locked() {
    let folder = Folder::new();
    folder.locked(apps::empty().event::<crate::releases::first::Opened>());
    folder.locked(apps::over_json());
    let text = folder.read("events/account.opened.json");
    assert!(
        text.contains("\"1\"") && text.contains("\"2\"") && text.contains("\"owner\""),
        "{text}"
    );
    annals::testing::check_lock(&folder.app(apps::over_json())).expect("locked");
}

#[test]
fn the_manifest_is_touched_with_the_first_lock_alone() {
    let folder = Folder::new();
    let manifest = folder.root().join("Cargo.toml");
    fs::write(&manifest, "[package]").expect("written");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let age = || {
        fs::File::options()
            .append(true)
            .open(&manifest)
            .expect("there")
            .set_modified(old)
    };
    let is_old = || {
        fs::metadata(&manifest)
            .expect("there")
            .modified()
            .expect("a time")
            == old
    };
    age().expect("aged");
    folder.locked(apps::first());
    assert!(!is_old(), "the compiler would not look for the new lock");
    assert_eq!(fs::read_to_string(&manifest).expect("there"), "[package]");
    age().expect("aged");
    folder.locked(apps::amended());
    assert!(is_old(), "the compiler watches the index now");
}

#[tokio::test]
async fn a_lock_that_cannot_be_read_is_said_with_its_file() {
    let folder = Folder::new();
    folder.locked(apps::first());
    fs::write(
        folder.lock().join("events/account.opened.json"),
        "<<<<<<< main\n",
    )
    .expect("written");
    let ran = folder.run(apps::first(), &["schema", "lock"]).await;
    ran.is(
        2,
        "",
        "error: `ROOT/annals/events/account.opened.json` holds the marks of a merge that was not finished\n\
         help: keep the lines of both sides where they are about different things; where they are about the same, let \
         one side take the next version\n",
    );
}
