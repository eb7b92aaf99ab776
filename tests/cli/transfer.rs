//! Events that leave a store and come into another.

use annals::App;
use annals_tests::domain::{Account, Deposit};
use serde_json::json;

use crate::run::Folder;

fn url(folder: &Folder, name: &str) -> String {
    format!("sqlite://{}", folder.root().join(name).display())
}

fn app(folder: &Folder, name: &str) -> App {
    App::new(url(folder, name)).aggregate::<Account>()
}

/// A store with two deposits in one account, and one in another.
async fn filled(folder: &Folder) {
    let store = app(folder, "bank.db").open().await.expect("opens");
    for (id, cents) in [("1", 5), ("2", 6), ("1", 7)] {
        let root = store.aggregate::<Account>(id);
        root.execute(Deposit(cents)).await.expect("stored");
    }
    store.close().await;
}

async fn balance(folder: &Folder, name: &str, tenant: &str) -> i64 {
    let store = app(folder, name)
        .open()
        .await
        .expect("opens")
        .tenant(tenant);
    let loaded = store.aggregate::<Account>("1").load().await.expect("loads");
    store.close().await;
    loaded.balance
}

#[tokio::test]
async fn a_stream_goes_by_a_file() {
    let folder = Folder::new();
    filled(&folder).await;
    let (bank, new) = (|| app(&folder, "bank.db"), || app(&folder, "new.db"));
    let file = folder.root().join("dump.ndjson").display().to_string();
    let arguments = ["export", "account-1", "--out", &file];
    let ran = folder.run(bank(), &arguments).await;
    ran.is(0, "", "exported 2 events of 1 streams\n");
    let again = folder.run(bank(), &["export", "account-1"]).await;
    let written = std::fs::read_to_string(&file).expect("a file");
    again.is(0, &written, "exported 2 events of 1 streams\n");
    let arguments = ["import", &file, "--tenant", "acme"];
    for stored in [2, 0] {
        let ran = folder.run(new(), &arguments).await;
        let told = format!("imported 2 events, {stored} of them new\n");
        ran.is(0, "", &told);
    }
    assert_eq!(balance(&folder, "new.db", "acme").await, 12);
    assert_eq!(balance(&folder, "new.db", "").await, 0);
    let arguments = ["import", &file, "--format", "json"];
    let told = folder.run(new(), &arguments).await.json();
    let expected = json!({"command": "import", "events": 2, "stored": 2});
    assert_eq!(told, expected);
    let arguments = [
        "export",
        "--aggregate",
        "account",
        "--out",
        &file,
        "--format",
        "json",
    ];
    let told = folder.run(bank(), &arguments).await.json();
    assert_eq!((&told["events"], &told["streams"]), (&json!(3), &json!(2)));
}

#[tokio::test]
async fn a_mistake_in_a_file_is_said_with_its_line() {
    let folder = Folder::new();
    let file = folder.root().join("dump.ndjson");
    std::fs::write(&file, "{\"format\":\"annals.events\",\"version\":1}\n{}\n").expect("written");
    let file = file.display().to_string();
    let ran = folder.run(app(&folder, "new.db"), &["import", &file]).await;
    ran.is(
        2,
        "",
        "error: line 2: missing field `stream` at column 2\n\
         help: a line has the members stream, aggregate, version, event_id, event_type, schema_version, recorded_at, \
         occurred_at, payload, and correlation and metadata where there are any\n",
    );
}

#[tokio::test]
async fn a_store_is_copied_and_compared() {
    let folder = Folder::new();
    filled(&folder).await;
    let to = url(&folder, "copy.db");
    let dry = folder
        .run(app(&folder, "bank.db"), &["replay", "--dry-run"])
        .await;
    assert_eq!(dry.code, 0, "{dry:?}");
    assert_eq!(
        dry.messages,
        "would be there: 3 events of 2 streams; nothing was stored\n"
    );
    for (stored, flags) in [(3, &["--upcast"][..]), (0, &["--only", "account"])] {
        let arguments = [&["replay", "--to", &to], flags].concat();
        let ran = folder.run(app(&folder, "bank.db"), &arguments).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        let told = format!("copied and compared: 3 events of 2 streams, {stored} of them new\n");
        assert_eq!(ran.messages, told);
        assert_eq!(ran.out, dry.out);
        assert!(
            ran.out.starts_with("money.deposited: 3\nchecksum: "),
            "{ran:?}"
        );
    }
    assert_eq!(balance(&folder, "copy.db", "").await, 12);
    let arguments = ["replay", "--to", &to, "--format", "json"];
    let told = folder.run(app(&folder, "bank.db"), &arguments).await.json();
    assert_eq!(told["by_type"], json!({"money.deposited": 3}));
    let itself = url(&folder, "bank.db");
    let ran = folder
        .run(app(&folder, "bank.db"), &["replay", "--to", &itself])
        .await;
    ran.is(
        2,
        "",
        "error: a store was to be copied into itself\nhelp: name another store with `--to`\n",
    );
}
