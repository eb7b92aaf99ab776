//! `schema diff`

use crate::apps;
use crate::run::Folder;

#[tokio::test]
async fn what_would_be_written_is_printed_line_by_line() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let ran = folder.run(apps::amended(), &["schema", "diff"]).await;
    ran.is(
        0,
        "ROOT/annals/aggregates/account.json\n  \
         + state: owner: text\n\
         ROOT/annals/events/account.opened.json\n  \
         + version 1: email: optional text\n",
        "",
    );
    let ran = folder
        .run(apps::broken(), &["schema", "diff", "--format", "json"])
        .await;
    assert_eq!(
        ran.json()["files"][2],
        serde_json::json!({
            "folder": "ROOT/annals",
            "file": "events/money.withdrawn.json",
            "lines": [
                {"sign": "-", "text": "version 1: cents: i64"},
                {"sign": "+", "text": "version 1: cents: u64"},
            ],
        })
    );
    assert_eq!(ran.code, 0);
    let ran = folder.run(apps::first(), &["schema", "diff"]).await;
    ran.is(0, "", "nothing to lock\n");
}
