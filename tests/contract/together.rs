//! Appends that come together are stored in one statement, of which there are several: each has its own answer all the same.

use annals::{Append, Error, ErrorKind, Expected, Metadata, NewEvent, Store, StreamId};
use annals_tests::domain::{account, deposited, deposits, exact};
use annals_tests::{Database, contract};
use chrono::{DateTime, Utc};
use uuid::Uuid;

contract![each_is_judged_by_itself, each_keeps_all_that_it_says];

/// What has to be beside appends of one event each, so that another statement takes all of them: nothing; a new stream, with
/// more than one event; an append at any version.
const BESIDE: [Option<Expected>; 3] = [None, Some(Expected::NoStream), Some(Expected::Any)];

fn named(beside: Option<Expected>, name: &str) -> StreamId {
    account(&format!("{name}, beside {beside:?}"))
}

/// A stream of two events.
async fn stream(store: &Store, beside: Option<Expected>, name: &str) -> StreamId {
    let stream = named(beside, name);
    let begin = Append::to(&stream, Expected::NoStream, [deposited(1), deposited(2)]);
    store.append(begin).await.expect("a new stream");
    stream
}

async fn together(
    store: &Store,
    beside: Option<Expected>,
    mut appends: Vec<Append>,
) -> Vec<Result<annals::Receipt, Error>> {
    if let Some(expected) = beside {
        let new = named(beside, "new");
        appends.push(Append::to(&new, expected, [deposited(1), deposited(2)]));
    }
    let mut results = store.append_many(appends).await;
    if beside.is_some() {
        results.pop().expect("an answer").expect("stored");
    }
    results
}

async fn each_is_judged_by_itself(database: &Database) {
    let store = database.store().await;
    for beside in BESIDE {
        let mut streams = Vec::new();
        for name in ["fine", "shorter", "longer", "archived", "other", "last"] {
            streams.push(stream(&store, beside, name).await);
        }
        for (column, name) in [
            ("archived = (1 = 1)", "archived"),
            ("aggregate = 'x'", "other"),
        ] {
            let by_hand = format!(
                "UPDATE {{streams}} SET {column} WHERE stream = '{}'",
                named(beside, name)
            );
            assert_eq!(database.sql(&by_hand).await, 1);
        }
        let versions = [2, 3, 1, 2, 2, 2];
        let appends = streams
            .iter()
            .zip(versions)
            .map(|(stream, version)| Append::to(stream, exact(version), [deposited(3)]));
        let results = together(&store, beside, appends.collect()).await;
        let told: Vec<_> = results
            .iter()
            .map(|result| match result {
                Ok(receipt) => Ok(receipt.version().get()),
                Err(error) => Err(error.kind()),
            })
            .collect();
        assert_eq!(
            told,
            [
                Ok(3),
                Err(ErrorKind::Conflict),
                Err(ErrorKind::Conflict),
                Err(ErrorKind::Archived),
                Err(ErrorKind::Name),
                Ok(3)
            ],
            "beside {beside:?}"
        );
        for (stream, told) in streams.iter().zip(&told) {
            let expected: &[i64] = if told.is_ok() { &[1, 2, 3] } else { &[1, 2] };
            assert_eq!(deposits(&store, stream).await, expected, "{stream}");
        }
    }
}

async fn each_keeps_all_that_it_says(database: &Database) {
    let store = database.store().await;
    let when: DateTime<Utc> = "1999-12-31T23:59:59.5Z".parse().expect("a time");
    let metadata = Metadata::new().with_actor("ann").with_correlation("c");
    let events = |ids: &[Uuid; 4]| -> [NewEvent; 4] {
        let [bare, late, noted, whole] = ids.map(|id| deposited(3).id(id));
        [
            bare,
            late.occurred_at(when),
            noted.metadata(metadata.clone()),
            whole.occurred_at(when).metadata(metadata.clone()),
        ]
    };
    for beside in BESIDE {
        let ids = [(); 4].map(|()| Uuid::now_v7());
        let mut appends = Vec::new();
        for (event, name) in events(&ids).into_iter().zip(["a", "b", "c", "d"]) {
            let stream = stream(&store, beside, name).await;
            appends.push(Append::to(&stream, exact(2), [event]));
        }
        let results = together(&store, beside, appends).await;
        for (nth, result) in results.into_iter().enumerate() {
            let receipt = result.expect("stored");
            let [told] = receipt.streams() else {
                panic!("{receipt:?}")
            };
            let stored = store.stream(told.stream()).all().await.expect("readable");
            let stored = stored.last().expect("an event").recorded();
            assert_eq!(stored.event_id(), ids[nth]);
            assert_eq!(stored.version(), told.version());
            assert_eq!([stored.position()], told.positions());
            assert_eq!(Some(stored.recorded_at()), told.recorded_at());
            let occurred = [stored.recorded_at(), when][nth % 2];
            assert_eq!(stored.occurred_at(), occurred, "{nth}");
            let (actor, correlation) = [(None, None), (Some("ann"), Some("c"))][nth / 2];
            assert_eq!(stored.metadata().actor(), actor, "{nth}");
            assert_eq!(stored.metadata().correlation(), correlation, "{nth}");
        }
    }
}
