//! What stands already, and what stands in the way.

use annals::{Append, ErrorKind, Expected};
use annals_tests::domain::{account, deposited};
use annals_tests::{Database, contract};

use crate::{append, events, exported, filled, imported, is_consistent, kept};

contract![
    a_repetition_stores_nothing,
    an_import_goes_on_behind_what_stands,
    a_stream_that_goes_on_differently_is_refused,
    another_content_under_the_same_id_is_refused,
    a_batch_is_stored_whole_or_not_at_all,
    two_at_once_store_everything_once,
];

async fn a_repetition_stores_nothing(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = source.tenant("copy");
    imported(&target, &text).await.expect("imported");
    let before = events(&target).await;
    let again = imported(&target, &text).await.expect("imported");
    assert_eq!((again.events, again.stored), (21, 0));
    assert_eq!(events(&target).await, before);
    // Into the source too: it is all there.
    assert_eq!(imported(&source, &text).await.expect("imported").stored, 0);
}

async fn an_import_goes_on_behind_what_stands(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let target = source.tenant("copy");
    let first = exported(&source).await;
    imported(&target, &first).await.expect("imported");
    filled(&source.tenant("unrelated")).await;
    append(
        &source,
        Append::to(&account("2"), Expected::Any, [deposited(9)]),
    )
    .await;
    let told = imported(&target, &exported(&source).await)
        .await
        .expect("imported");
    assert_eq!((told.events, told.stored), (22, 1));
    assert_eq!(kept(&events(&target).await), kept(&events(&source).await));
    is_consistent(database).await;
}

async fn a_stream_that_goes_on_differently_is_refused(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = source.tenant("copy");
    append(
        &target,
        Append::to(&account("2"), Expected::Any, [deposited(9)]),
    )
    .await;
    let error = imported(&target, &text)
        .await
        .expect_err("goes on differently");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let there = events(&target).await;
    let there = there
        .iter()
        .find(|event| event.recorded().stream() == &account("2"))
        .expect("there");
    let here = events(&source).await;
    let (at, here) = here
        .iter()
        .enumerate()
        .find(|(_, event)| event.recorded().stream() == &account("2"))
        .expect("there");
    assert_eq!(
        error.to_string(),
        format!(
            "line {}: stream `account-2` goes on differently: its event 1 is {}, not {}",
            at + 2,
            there.recorded().event_id(),
            here.recorded().event_id()
        )
    );
}

async fn another_content_under_the_same_id_is_refused(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = source.tenant("copy");
    imported(&target, &text).await.expect("imported");
    for (from, to, member) in [
        ("{\"cents\":3}", "{\"cents\":33}", "payload"),
        ("\"$actor\":\"ada\"", "\"$actor\":\"eve\"", "metadata"),
        ("\"c-1\"", "\"c-2\"", "correlation"),
        (":06.789012Z", ":06.789013Z", "time of occurrence"),
        (
            "money.deposited\",\"schema",
            "money.withdrawn\",\"schema",
            "type",
        ),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{member}");
        let error = imported(&target, &changed).await.expect_err(member);
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}");
        let says = format!("stands already, with another {member}");
        assert!(error.to_string().ends_with(&says), "{error}");
        assert!(error.to_string().starts_with("line "), "{error}");
    }
}

async fn a_batch_is_stored_whole_or_not_at_all(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let target = source.tenant("copy");
    // The second deposit of account 2 stands, with other words: the batch that holds it has others before it.
    let foreign = [deposited(1), deposited(2)];
    append(&target, Append::to(&account("2"), Expected::Any, foreign)).await;
    imported(&target, &text).await.expect_err("a conflict");
    let stored = events(&target).await.len() - 2;
    assert_eq!(stored % 4, 0, "batches of four: {stored}");
    is_consistent(database).await;
}

async fn two_at_once_store_everything_once(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let text = exported(&source).await;
    let targets = [
        database.store().await.tenant("copy"),
        database.store().await.tenant("copy"),
        database.store().await.tenant("copy"),
    ];
    let imports = targets.each_ref().map(|target| imported(target, &text));
    let told = futures_util::future::join_all(imports).await;
    let stored: u64 = told
        .into_iter()
        .map(|told| told.expect("imported").stored)
        .sum();
    assert_eq!(stored, 21);
    assert_eq!(
        kept(&events(&targets[0]).await),
        kept(&events(&source).await)
    );
    is_consistent(database).await;
}
