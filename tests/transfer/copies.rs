//! What a copy keeps, and what a store is after it.

use annals::{Append, Expected, Version};
use annals_tests::domain::{Account, Deposit, account, deposited};
use annals_tests::{Database, contract};

use crate::{append, both, events, exported, filled, imported, is_consistent, kept};

contract![
    an_import_gives_what_was_exported,
    the_order_of_the_source_is_that_of_the_copy,
    life_goes_on_in_a_copy,
    a_place_that_a_guard_holds_is_filled,
    time_does_not_go_back_after_a_copy_from_the_future,
    a_follower_sees_what_is_copied,
];

async fn an_import_gives_what_was_exported(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    for target in both().await {
        let store = target.store().await;
        let told = imported(&store, &text).await.expect("imported");
        assert_eq!((told.events, told.stored), (21, 21));
        assert_eq!(kept(&events(&store).await), kept(&events(&source).await));
        is_consistent(&target).await;
        // And out of there again, letter by letter.
        assert_eq!(exported(&store).await, text);
    }
}

async fn the_order_of_the_source_is_that_of_the_copy(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = database.store().await.tenant("other");
    imported(&target, &text).await.expect("imported");
    let ids = |events: &[annals::RecordedEvent]| {
        let ids = events.iter().map(|event| event.recorded().event_id());
        ids.collect::<Vec<_>>()
    };
    let (before, after) = (events(&source).await, events(&target).await);
    assert_eq!(ids(&before), ids(&after));
    let last = before.last().expect("some").recorded().position();
    assert!(after.iter().all(|event| event.recorded().position() > last));
}

async fn life_goes_on_in_a_copy(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = source.tenant("copy");
    imported(&target, &text).await.expect("imported");
    let root = target.aggregate::<Account>("1");
    let before = source
        .aggregate::<Account>("1")
        .load()
        .await
        .expect("loads");
    assert_eq!(root.load().await.expect("loads").state(), before.state());
    let receipt = root.execute(Deposit(7)).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(before.version().get() + 1));
    is_consistent(database).await;
}

async fn a_place_that_a_guard_holds_is_filled(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = source.tenant("copy");
    let guarded = Append::to(&account("9"), Expected::Any, [deposited(1)])
        .guard(&account("1"), Expected::NoStream);
    append(&target, guarded).await;
    imported(&target, &text).await.expect("imported");
    assert_eq!(events(&target).await.len(), 22);
}

async fn time_does_not_go_back_after_a_copy_from_the_future(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let year = |text: &str| text.replace("\"recorded_at\":\"20", "\"recorded_at\":\"90");
    let target = source.tenant("copy");
    imported(&target, &year(&text)).await.expect("imported");
    let receipt = target.append(Append::to(&account("1"), Expected::Any, [deposited(1)]));
    let stamp = receipt.await.expect("stored").streams()[0].recorded_at();
    assert!(
        stamp.expect("a time").to_string().starts_with("90"),
        "{stamp:?}"
    );
    is_consistent(database).await;
}

async fn a_follower_sees_what_is_copied(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = source.tenant("copy");
    let mut following = target.feed().follow();
    let import = imported(&target, &text);
    let follow = async {
        let mut seen = 0;
        while seen < 21 {
            seen += following.next_page().await.expect("a page").events().len();
        }
        seen
    };
    let follow = tokio::time::timeout(std::time::Duration::from_secs(30), follow);
    let (told, seen) = tokio::join!(import, follow);
    told.expect("imported");
    assert_eq!(seen.expect("in time"), 21);
}
