//! Read models in the schema lock.

use annals::App;

use crate::apps;
use crate::run::Folder;

const CURE: &str = "run `cargo run -- schema lock`, and commit the folder";

/// The same read model in one release after another.
mod balances {
    macro_rules! balances {
        ($release:ident, $version:literal, $($column:tt)+) => {
            pub(super) mod $release {
                use crate::releases::first::Opened;
                use annals::prelude::*;

                #[derive(ReadModel, Default)]
                pub(in super::super) struct Balance {
                    $($column)+
                }

                #[projection(name = "balances", version = $version)]
                impl Balance {
                    #[key(Balance::default().key())]
                    fn opened(event: &Opened) -> Self {
                        let _ = &event.owner;
                        Balance::default()
                    }
                }
            }
        };
    }

    balances!(first, 1, #[key] bank: i64, #[key] account: String, #[index] cents: i64, note: Option<String>);
    // The order of fields that are no key is nothing to a table.
    balances!(reordered, 1, note: Option<String>, #[key] bank: i64, #[key] account: String, #[index] cents: i64);
    balances!(changed, 1, #[key] account: String, #[key] bank: i64, cents: Option<i64>, seen: Option<chrono::NaiveDate>);
    balances!(second, 2, #[key] account: String, #[key] bank: i64, cents: Option<i64>, seen: Option<chrono::NaiveDate>);
}

/// One that keeps no rows.
mod live {
    use crate::releases::first::Opened;
    use annals::prelude::*;

    #[derive(ReadModel)]
    pub(super) struct Owner {
        #[key]
        account: String,
        owner: String,
    }

    #[projection(name = "owners", live)]
    impl Owner {
        fn opened(event: &Opened, cx: &Recorded) -> Self {
            Owner {
                account: cx.stream().id().to_owned(),
                owner: event.owner.clone(),
            }
        }
    }
}

/// One whose crate keeps its lock in another place.
mod elsewhere {
    use crate::releases::first::Opened;
    use annals::prelude::*;

    #[derive(ReadModel)]
    #[annals(lock = "elsewhere")]
    pub(super) struct Opening {
        #[key]
        account: String,
    }

    #[projection("openings")]
    impl Opening {
        fn opened(_: &Opened, cx: &Recorded) -> Self {
            Opening {
                account: cx.stream().id().to_owned(),
            }
        }
    }
}

fn first() -> App {
    apps::first().projection::<balances::first::Balance>()
}

fn reordered() -> App {
    apps::first().projection::<balances::reordered::Balance>()
}

fn changed() -> App {
    apps::first().projection::<balances::changed::Balance>()
}

fn second() -> App {
    apps::first().projection::<balances::second::Balance>()
}

const FIRST: &str = r#"{
  "read_model": "balances",
  "version": 1,
  "columns": {
    "account": "text, key 2",
    "bank": "integer, key 1",
    "cents": "integer, index",
    "note": "text or null"
  }
}
"#;

const SECOND: &str = r#"{
  "read_model": "balances",
  "version": 2,
  "columns": {
    "account": "text, key 1",
    "bank": "integer, key 2",
    "cents": "integer or null",
    "seen": "date or null"
  }
}
"#;

#[tokio::test]
async fn a_read_model_is_locked_with_its_columns() {
    let folder = Folder::new();
    folder.locked(apps::first());
    folder.run(first(), &["schema", "check"]).await.is(
        1,
        &format!(
            "read model balances: is a new read model: nothing → version 1: draft: {CURE} (READ_MODEL_ADDED)\n"
        ),
        "not to be released: 1 draft, 0 amendment, 0 breaking\n",
    );
    folder.run(first(), &["schema", "diff"]).await.is(
        0,
        "ROOT/annals/read_models/balances.json\n  \
         + version 1\n  \
         + column account: text, key 2\n  \
         + column bank: integer, key 1\n  \
         + column cents: integer, index\n  \
         + column note: text or null\n",
        "",
    );
    folder.run(first(), &["schema", "lock"]).await.is(
        0,
        "ROOT/annals\n  \
         read model balances: is a new read model: nothing → version 1 (READ_MODEL_ADDED)\n  \
         wrote read_models/balances.json\n  \
         wrote index.json\n",
        "locked; commit the folder\n",
    );
    assert_eq!(folder.read("read_models/balances.json"), FIRST);
    for same in [first(), reordered()] {
        let ran = folder.run(same, &["schema", "check"]).await;
        ran.is(0, "", "everything is locked\n");
    }
}

#[tokio::test]
async fn other_columns_under_the_same_version_are_refused() {
    let folder = Folder::new();
    folder.locked(first());
    let files = folder.files();
    let cure = "breaking: raise `version` of the projection, and run `migrate run`";
    let change = "is another column under the same version";
    let lines = format!(
        "read model balances: account: {change}: text, key 2 → text, key 1: {cure} (READ_MODEL_COLUMN_NO_CHANGE)\n\
         read model balances: bank: {change}: integer, key 1 → integer, key 2: {cure} (READ_MODEL_COLUMN_NO_CHANGE)\n\
         read model balances: cents: {change}: integer, index → integer or null: {cure} (READ_MODEL_COLUMN_NO_CHANGE)\n\
         read model balances: note: is gone under the same version: text or null → nothing: {cure} \
         (READ_MODEL_COLUMN_NO_DELETE)\n\
         read model balances: seen: was added under the same version: nothing → date or null: {cure} \
         (READ_MODEL_COLUMN_NO_ADD)\n"
    );
    folder.run(changed(), &["schema", "check"]).await.is(
        1,
        &lines,
        "not to be released: 0 draft, 0 amendment, 5 breaking\n",
    );
    folder.run(changed(), &["schema", "lock"]).await.is(
        1,
        &lines,
        "error: nothing was locked: a table of rows would be another one under the same version\n\
         help: take the changes back, or raise `version` in `#[projection(..)]`: the new rows are built beside the old ones\n",
    );
    let error = annals::schema::lock(&folder.app(changed())).expect_err("refused");
    assert!(
        error.hint().expect("a hint").contains("raise `version`"),
        "{error}"
    );
    assert_eq!(folder.files(), files);
}

#[tokio::test]
async fn the_same_as_json() {
    let folder = Folder::new();
    folder.locked(first());
    let ran = folder
        .run(changed(), &["schema", "check", "--format", "json"])
        .await;
    assert_eq!(
        ran.json()["differences"][4],
        serde_json::json!({
            "rule": "READ_MODEL_COLUMN_NO_ADD",
            "stage": "breaking",
            "event": null,
            "version": null,
            "aggregate": null,
            "read_model": "balances",
            "path": "seen",
            "what": "was added under the same version",
            "from": null,
            "to": "date or null",
            "verdict": "NONE",
            "backward": false,
            "forward": false,
            "reason": "the table of a version stays as it was built, and is refused where it is another one",
            "cure": "raise `version` of the projection, and run `migrate run`",
            "folder": "ROOT/annals",
            "file": "read_models/balances.json",
        })
    );
    assert_eq!(ran.code, 1);
    let ran = folder
        .run(second(), &["schema", "lock", "--format", "json"])
        .await;
    let json = ran.json();
    let of = &json["folders"][0];
    assert_eq!(
        of["files"],
        serde_json::json!(["read_models/balances.json"])
    );
    assert_eq!(
        (
            &of["differences"][0]["rule"],
            &of["differences"][0]["read_model"]
        ),
        (&"READ_MODEL_VERSION_ADDED".into(), &"balances".into())
    );
}

#[tokio::test]
async fn another_version_may_have_other_columns() {
    let folder = Folder::new();
    folder.locked(first());
    let then = Folder::new();
    then.locked(first());
    let then = then.lock();
    let then = then.to_str().expect("text");
    let what = "read model balances: is a new version: version 1 → version 2";
    folder.run(second(), &["schema", "check"]).await.is(
        1,
        &format!("{what}: draft: {CURE} (READ_MODEL_VERSION_ADDED)\n"),
        "not to be released: 1 draft, 0 amendment, 0 breaking\n",
    );
    folder.run(second(), &["schema", "diff"]).await.is(
        0,
        "ROOT/annals/read_models/balances.json\n  \
         - version 1\n  \
         + version 2\n  \
         - column account: text, key 2\n  \
         + column account: text, key 1\n  \
         - column bank: integer, key 1\n  \
         + column bank: integer, key 2\n  \
         - column cents: integer, index\n  \
         + column cents: integer or null\n  \
         + column seen: date or null\n  \
         - column note: text or null\n",
        "",
    );
    folder.locked(second());
    assert_eq!(folder.read("read_models/balances.json"), SECOND);
    annals::testing::check_lock(&folder.app(second())).expect("locked");
    folder
        .run(second(), &["schema", "check", "--against", then])
        .await
        .is(
            0,
            &format!("{what}: FULL (READ_MODEL_VERSION_ADDED)\n"),
            &format!("new code and code of `{then}` read each other\n"),
        );
}

#[tokio::test]
async fn a_version_does_not_go_back() {
    let folder = Folder::new();
    folder.locked(second());
    folder.run(first(), &["schema", "check"]).await.is(
        1,
        "read model balances: is an older version: version 2 → version 1: breaking: raise `version` of the projection \
         instead (READ_MODEL_VERSION_NO_LOWER)\n",
        "not to be released: 0 draft, 0 amendment, 1 breaking\n",
    );
}

#[tokio::test]
async fn what_the_app_has_no_more_leaves_the_lock() {
    let folder = Folder::new();
    folder.locked(first());
    folder.run(apps::first(), &["schema", "check"]).await.is(
        1,
        &format!("read model balances: is gone: version 1 → nothing: amendment: {CURE} (READ_MODEL_REMOVED)\n"),
        "not to be released: 0 draft, 1 amendment, 0 breaking\n",
    );
    folder.locked(apps::first());
    assert!(!folder.lock().join("read_models/balances.json").exists());
    assert!(folder.read("index.json").starts_with("{\n  \"format\": 1,"));
}

#[tokio::test]
async fn what_keeps_no_rows_is_in_no_lock() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let app = apps::first().projection::<live::Owner>();
    let ran = folder.run(app, &["schema", "check"]).await;
    ran.is(0, "", "everything is locked\n");
}

#[test]
fn the_lock_is_that_of_the_crate_or_the_folder_that_is_named() {
    let app = App::new("")
        .projection::<balances::first::Balance>()
        .projection::<elsewhere::Opening>();
    let pending = annals::schema::check(&app).expect("checked");
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let found: Vec<_> = pending
        .differences()
        .map(|one| (one.folder.as_path(), one.subject.to_string()))
        .collect();
    assert_eq!(
        found,
        [
            (here.join("annals").as_path(), "read model balances".into()),
            (
                here.join("cli/elsewhere").as_path(),
                "read model openings".into()
            ),
        ]
    );
}
