//! What handlers are told: ids, times and who asks.

use std::sync::{Arc, Mutex};

use annals::prelude::*;
use annals::testing::ManualClock;
use annals::{Append, NewEvent, StreamId};
use annals_tests::{Database, contract};
use chrono::{DateTime, Utc};
use uuid::Uuid;

contract![
    ids_of_an_aggregate_may_be_typed,
    a_decision_is_told_where_and_when_it_is_taken,
    new_ids_are_different_and_stay_the_same_when_decided_again,
    an_apply_is_told_where_and_when_the_event_was_recorded,
];

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("visit.noted")]
struct Noted {
    text: String,
}

#[derive(Aggregate, Default, Debug)]
#[aggregate(name = "visit", id = Uuid, events(Noted))]
struct Visit {
    notes: Vec<String>,
    recorded: Vec<Recorded>,
}

#[derive(Clone)]
struct Note;

/// Takes two new ids, and lets a test see each decision.
#[derive(Clone)]
struct TakeIds(Arc<Mutex<Vec<[Uuid; 2]>>>, Arc<dyn Fn() + Send + Sync>);

#[aggregate]
impl Visit {
    fn noted(&mut self, event: Noted, cx: &Recorded) {
        self.notes.push(event.text);
        self.recorded.push(cx.clone());
    }

    fn note(&self, _: Note, cx: &Context) -> Result<Noted, std::convert::Infallible> {
        let text = format!(
            "{} at {}, now {}, then {}, by {:?}",
            cx.stream(),
            cx.version(),
            cx.now().to_rfc3339(),
            cx.occurred_at().to_rfc3339(),
            cx.metadata().actor(),
        );
        Ok(Noted { text })
    }

    fn take_ids(&self, command: TakeIds, cx: &Context) -> Result<Noted, std::convert::Infallible> {
        let ids = [cx.new_id(), cx.new_id()];
        command.0.lock().expect("no panic").push(ids);
        (command.1)();
        Ok(Noted {
            text: ids[0].to_string(),
        })
    }
}

const ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

async fn ids_of_an_aggregate_may_be_typed(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Visit>(ID);
    root.execute(Note).await.expect("stored");
    let name = "visit-01900000-0000-7000-8000-000000000001";
    assert_eq!(root.stream().as_str(), name);
    assert_eq!(root.stream(), &StreamId::new("visit", ID));
    assert_eq!(database.text("SELECT stream FROM {streams}").await, name);
}

async fn a_decision_is_told_where_and_when_it_is_taken(database: &Database) {
    let clock = ManualClock::at(time("2030-01-01T00:00:00Z"));
    let store = database.open(annals_tests::options().clock(clock)).await;
    let root = store.aggregate::<Visit>(ID);
    root.execute(Note).actor("ann").await.expect("stored");
    root.execute(Note)
        .occurred_at(time("1999-12-31T23:59:59Z"))
        .await
        .expect("stored");
    let notes = root.load().await.expect("loads").into_state().notes;
    let stream = root.stream();
    let now = "2030-01-01T00:00:00+00:00";
    assert_eq!(
        notes,
        [
            format!("{stream} at 0, now {now}, then {now}, by Some(\"ann\")"),
            format!("{stream} at 1, now {now}, then 1999-12-31T23:59:59+00:00, by None"),
        ]
    );
}

async fn new_ids_are_different_and_stay_the_same_when_decided_again(database: &Database) {
    let store = database.store().await;
    let other = database.store().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let root = store.aggregate::<Visit>(ID);
    let stream = root.stream().clone();
    let decided = Arc::clone(&seen);
    let meddle = move || {
        if decided.lock().expect("no panic").len() > 1 {
            return;
        }
        let event = NewEvent::of(&Noted { text: "x".into() });
        let append = Append::to(&stream, Expected::Any, [event]);
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current()
                .block_on(other.append(append))
                .expect("stored");
        });
    };
    let command = TakeIds(Arc::clone(&seen), Arc::new(meddle));
    root.execute(command.clone()).await.expect("stored");
    root.execute(command).await.expect("stored");
    let seen = seen.lock().expect("no panic").clone();
    assert_eq!(seen.len(), 3, "decided twice, then once");
    assert_eq!(seen[0], seen[1]);
    let mut ids: Vec<Uuid> = seen[1..].iter().flatten().copied().collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| id.get_version_num() == 7));
}

async fn an_apply_is_told_where_and_when_the_event_was_recorded(database: &Database) {
    let store = database.store().await;
    let root = store.aggregate::<Visit>(ID);
    let when = time("2001-02-03T04:05:06Z");
    root.execute(Note).await.expect("stored");
    root.execute(Note)
        .occurred_at(when)
        .correlation("c")
        .await
        .expect("stored");
    let raw = store.stream(root.stream()).all().await.expect("readable");
    let expected: Vec<_> = raw.iter().map(|event| event.recorded().clone()).collect();
    // From memory and from the database alike.
    for store in [store, database.store().await] {
        let loaded = store.aggregate::<Visit>(ID).load().await.expect("loads");
        assert_eq!(loaded.recorded, expected);
    }
    assert_eq!(expected[1].occurred_at(), when);
    assert_eq!(expected[1].metadata().correlation(), Some("c"));
    assert_eq!(expected[1].event_type(), "visit.noted");
}
