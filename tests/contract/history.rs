//! What each event changed.

use annals::{Append, Expected, NewEvent, Version};
use annals_tests::domain::{Account, Opened, account, deposited};
use annals_tests::{Database, contract};
use serde_json::json;

contract![
    each_entry_has_the_event_the_state_and_the_changes,
    a_stream_that_does_not_exist_has_no_history,
    an_event_that_changes_nothing_is_an_entry_without_changes,
];

async fn each_entry_has_the_event_the_state_and_the_changes(database: &Database) {
    let store = database.store().await;
    let events = [
        NewEvent::of(&Opened {
            owner: "Ann".into(),
        }),
        deposited(5),
    ];
    store
        .append(Append::to(&account("1"), Expected::NoStream, events))
        .await
        .expect("stored");
    let root = store.aggregate::<Account>("1");
    let mut history = root.history();

    let first = history.next().await.expect("readable").expect("an entry");
    assert_eq!(first.recorded().version(), Version::new(1));
    assert_eq!(first.event().payload(), br#"{"owner":"Ann"}"#);
    assert_eq!(
        first.state(),
        &json!({"owner": "Ann", "balance": 0, "events": 1})
    );
    let changed = |entry: &annals::HistoryEntry| {
        let mut changes: Vec<_> = entry
            .changes()
            .iter()
            .map(|it| (it.path.clone(), it.from.clone(), it.to.clone()))
            .collect();
        changes.sort_by(|one, other| one.0.cmp(&other.0));
        changes
    };
    assert_eq!(
        changed(&first),
        [
            ("events".into(), Some(json!(0)), Some(json!(1))),
            ("owner".into(), Some(json!("")), Some(json!("Ann"))),
        ]
    );

    let second = history.next().await.expect("readable").expect("an entry");
    assert_eq!(second.recorded().version(), Version::new(2));
    assert_eq!(
        changed(&second),
        [
            ("balance".into(), Some(json!(0)), Some(json!(5))),
            ("events".into(), Some(json!(1)), Some(json!(2))),
        ]
    );
    assert!(history.next().await.expect("readable").is_none());
}

async fn a_stream_that_does_not_exist_has_no_history(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Account>("1");
    assert!(root.history().next().await.expect("readable").is_none());
}

async fn an_event_that_changes_nothing_is_an_entry_without_changes(database: &Database) {
    use annals_tests::domain::{Ledger, ledger};
    let store = database.store().await;
    let event = NewEvent::of(&Opened {
        owner: "Ann".into(),
    });
    store
        .append(Append::to(&ledger("1"), Expected::NoStream, [event]))
        .await
        .expect("stored");
    let root = store.aggregate::<Ledger>("1");
    let mut history = root.history();
    let entry = history.next().await.expect("readable").expect("an entry");
    assert!(entry.changes().is_empty(), "{:?}", entry.changes());
    assert_eq!(entry.state(), &json!({"balance": 0, "entries": []}));
}
