//! A copy of what events have become.

use annals::transfer::{import, replay};
use annals::{ErrorKind, Store, StreamId};
use annals_tests::{Database, contract};

use crate::people::{Person, Registered, Wrote, app, filled};
use crate::{both, events, is_consistent};

contract![
    what_events_have_become_is_stored,
    an_upcast_copy_repeats_and_goes_on,
    what_is_current_keeps_its_letters,
    events_are_transformed_by_their_types,
    what_cannot_be_read_is_refused,
    old_events_pass_an_import,
];

async fn state(store: &Store, id: &str) -> Person {
    let root = store.aggregate::<Person>(id);
    root.load().await.expect("loads").into_state()
}

async fn what_events_have_become_is_stored(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        let told = replay(&app, &source)
            .upcast()
            .run(&store)
            .await
            .expect("copied");
        assert_eq!((told.events, told.stored, told.streams), (10, 10, 2));
        let by_type: Vec<_> = told.by_type.into_iter().collect();
        assert_eq!(
            by_type,
            [
                ("person.registered".to_owned(), 2),
                ("person.wrote".to_owned(), 8)
            ]
        );
        let copied = events(&store).await;
        let ada: Vec<_> = copied
            .iter()
            .filter(|event| event.recorded().stream().id() == "ada")
            .map(|event| {
                let recorded = event.recorded();
                let payload = String::from_utf8_lossy(event.payload()).into_owned();
                (recorded.version().get(), recorded.schema_version(), payload)
            })
            .collect();
        let letter = |letter| format!("{{\"letter\":\"{letter}\"}}");
        assert_eq!(
            ada,
            [
                (1, 2, r#"{"names":["ada"]}"#.to_owned()),
                (2, 1, letter("a")),
                (3, 1, letter("b")),
                (4, 1, letter("c")),
                (5, 1, letter("d")),
            ]
        );
        let mut ids: Vec<_> = copied
            .iter()
            .map(|event| event.recorded().event_id())
            .collect();
        // What follows from one event sorts beside it.
        assert!(ids.is_sorted_by_key(|id| id.as_bytes()[..6].to_vec()));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 10, "each has an id of its own");
        for id in ["ada", "bob"] {
            assert_eq!(state(&store, id).await, state(&source, id).await);
        }
        is_consistent(&target).await;
    }
}

async fn an_upcast_copy_repeats_and_goes_on(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        let first = replay(&app, &source)
            .upcast()
            .batch(2)
            .run(&store)
            .await
            .expect("copied");
        let again = replay(&app, &source)
            .upcast()
            .batch(3)
            .run(&store)
            .await
            .expect("copied");
        assert_eq!((again.stored, &again.checksum), (0, &first.checksum));
    }
}

async fn what_is_current_keeps_its_letters(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let payload = r#"{ "letter" : "d", "more": 1 }"#;
    database
        .edit(&format!(
            "UPDATE {{events}} SET payload = '{payload}' WHERE event_type = 'person.wrote'"
        ))
        .await;
    let target = annals_tests::sqlite().await;
    let store = target.store().await;
    let app = app(&source);
    replay(&app, &source)
        .upcast()
        .run(&store)
        .await
        .expect("copied");
    let copied = events(&store).await;
    let last = copied.last().expect("some").payload();
    assert_eq!(String::from_utf8_lossy(last), payload);
}

async fn events_are_transformed_by_their_types(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let app = app(&source);
    let target = annals_tests::postgres().await;
    let store = target.store().await;
    let replay = replay(&app, &source)
        .upcast()
        .transform(|event: Registered, _| {
            let names = event.names.iter().map(|name| name.to_uppercase()).collect();
            Some(Registered { names })
        })
        .transform(|event: Wrote, recorded| (recorded.stream().id() == "ada").then_some(event));
    assert_eq!(replay.run(&store).await.expect("copied").events, 9);
    let person = |names: &str, letters: &[&str]| Person {
        names: vec![names.to_owned()],
        letters: letters.iter().map(|&letter| letter.to_owned()).collect(),
    };
    assert_eq!(
        state(&store, "ada").await,
        person("ADA", &["a", "b", "c", "d"])
    );
    assert_eq!(state(&store, "bob").await, person("BOB", &["a", "b", "c"]));
}

async fn what_cannot_be_read_is_refused(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    database
        .edit("UPDATE {events} SET payload = '{\"letter\":5}' WHERE event_type = 'person.wrote' AND stream = 'person-bob'")
        .await;
    let app = app(&source);
    for target in both().await {
        let store = target.store().await;
        for replay in [replay(&app, &source), replay(&app, &source).upcast()] {
            let error = replay.run(&store).await.expect_err("it does not fit");
            assert_eq!(error.kind(), ErrorKind::Misfit, "{error:?}");
        }
        let other = store.tenant("x");
        let lenient = replay(&app, &source)
            .unchecked()
            .tenant("")
            .run(&store)
            .await;
        assert_eq!(lenient.expect("copied").events, 10);
        assert_eq!(events(&other).await, []);
    }
}

async fn old_events_pass_an_import(database: &Database) {
    let source = database.store().await;
    filled(&source).await;
    let mut file = Vec::new();
    let export = annals::transfer::export(&source).stream("person-ada");
    export.write(&mut file).await.expect("exported");
    let app = app(&source);
    let store = source.tenant("copy");
    import(&app, &store).read(&*file).await.expect("imported");
    assert_eq!(state(&store, "ada").await, state(&source, "ada").await);
    assert_eq!(
        events(&store).await[0].recorded().event_type(),
        "PersonCreated"
    );
    assert_eq!(
        events(&store).await[0].recorded().stream(),
        &StreamId::new("person", "ada")
    );
}
