//! Payloads come out as they were stored, letter by letter.

use annals_tests::domain::Account;
use annals_tests::{Database, contract};

use crate::{app, both, deposit, events, exported, imported, kept};

contract![payloads_keep_their_letters, numbers_of_any_size_stay,];

/// Written by hand, as other programs might have.
const PAYLOADS: [&str; 5] = [
    r#"{ "cents" :  1 }"#,
    "{\n  \"cents\": 2\n}",
    " {\"cents\":3} ",
    r#"{"cents":4,"note":"\u00e9é\/\u0000","cents2":1.50}"#,
    r#"{"more":[],"cents":5}"#,
];

async fn payloads_keep_their_letters(database: &Database) {
    let source = database.store().await;
    deposit(&source, "1", 1..=5).await;
    for (payload, version) in PAYLOADS.iter().zip(1..) {
        let sql = format!("UPDATE {{events}} SET payload = '{payload}' WHERE version = {version}");
        database.edit(&sql).await;
    }
    let text = exported(&source).await;
    assert!(text.contains(r#""payload":{ "cents" :  1 }"#), "{text}");
    assert!(
        text.contains(r#""payload_text":"{\n  \"cents\": 2\n}""#),
        "{text}"
    );
    for target in both().await {
        let store = target.store().await;
        imported(&store, &text).await.expect("imported");
        let payloads = events(&store).await;
        let payloads: Vec<_> = payloads.iter().map(|event| event.payload()).collect();
        assert_eq!(payloads, PAYLOADS.map(str::as_bytes));
        assert_eq!(exported(&store).await, text);
        let again = imported(&store, &text).await.expect("imported");
        assert_eq!(again.stored, 0);
        let other = store.tenant("other");
        let app = app(&source);
        let replayed = annals::transfer::replay(&app, &source).run(&other).await;
        assert_eq!(replayed.expect("replayed").stored, 0);
    }
}

async fn numbers_of_any_size_stay(database: &Database) {
    let source = database.store().await;
    deposit(&source, "1", 1..=1).await;
    let payload = r#"{"cents":1,"n":[1e2,1.0,-0.0,123456789012345678901234567890]}"#;
    let sql = format!("UPDATE {{events}} SET payload = '{payload}'");
    database.edit(&sql).await;
    let text = exported(&source).await;
    // `jsonb` writes numbers in its own way, and they are still the same.
    let jsonb = annals_tests::databases::empty_postgres().await;
    let migrated = annals_tests::options().jsonb().migrate(jsonb.url()).await;
    migrated.expect("migrated");
    let store = jsonb.store().await;
    assert_eq!(imported(&store, &text).await.expect("imported").stored, 1);
    assert_eq!(imported(&store, &text).await.expect("the same").stored, 0);
    let app = app(&source);
    let replayed = annals::transfer::replay(&app, &source).run(&store).await;
    assert_eq!(replayed.expect("replayed").stored, 0);
    let state = store.aggregate::<Account>("1").load().await.expect("loads");
    assert_eq!(state.balance, 1);
    assert_ne!(kept(&events(&store).await), kept(&events(&source).await));
}
