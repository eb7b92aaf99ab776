//! `schema show`

use crate::apps;
use crate::run::Folder;

#[tokio::test]
async fn an_event_is_shown_with_its_chain() {
    let folder = Folder::new();
    folder.locked(apps::first());
    let ran = folder
        .run(apps::second(), &["schema", "show", "account.opened"])
        .await;
    ran.is(
        0,
        "account.opened\n  \
         lock: ROOT/annals/events/account.opened.json\n  \
         read by: account\n\
         version 2 (draft) Opened, from below by `OpenedV1 :: now`\n  \
         .: struct\n  \
         owners: list\n  \
         owners[]: text\n  \
         sample {\"owners\":[]}\n  \
         sample {\"owners\":[\"text\"]}\n  \
         sample {\"owners\":[\"\"]}\n\
         version 1 (locked) OpenedV1\n  \
         .: struct\n  \
         owner: text\n  \
         sample {\"owner\":\"\"}\n  \
         sample {\"owner\":\"text\"}\n",
        "",
    );
}

#[tokio::test]
async fn an_event_is_found_by_a_name_that_it_had() {
    let folder = Folder::new();
    folder.locked(apps::renamed());
    let ran = folder
        .run(
            apps::renamed(),
            &["schema", "show", "account.opened", "--format", "json"],
        )
        .await;
    assert_eq!(
        ran.json(),
        serde_json::json!({
            "command": "show",
            "event": "account.created",
            "aliases": ["account.opened"],
            "aggregates": ["account"],
            "file": "ROOT/annals/events/account.created.json",
            "versions": [{
                "version": 1,
                "stage": "locked",
                "type": "Created",
                "upcast": null,
                "meaning": null,
                "shape": {".": "struct", "owner": "text"},
                "samples": [{"owner": ""}, {"owner": "text"}],
                "without_samples": null,
            }],
        })
    );
}

#[tokio::test]
async fn a_slip_is_answered_with_what_was_meant() {
    let folder = Folder::new();
    let ran = folder
        .run(apps::first(), &["schema", "show", "acount.opened"])
        .await;
    ran.is(
        2,
        "",
        "error: no event is called `acount.opened`\nhelp: did you mean `account.opened`?\n",
    );
    let ran = folder
        .run(apps::first(), &["schema", "show", "order"])
        .await;
    assert_eq!(
        ran.messages,
        "error: no event is called `order`\nhelp: the app knows `account.opened`, `money.withdrawn`\n"
    );
}
