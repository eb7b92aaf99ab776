//! Events of older versions: each is read as what it has become.

use annals::prelude::*;
use annals::{Append, NewEvent, RawEvent, StreamId};
use annals_tests::{Database, contract};

contract![
    every_version_is_read_through_its_chain,
    an_old_version_is_stored_as_itself,
    a_renamed_event_is_read_under_its_old_names,
    raw_json_is_read_by_its_function,
    an_event_that_is_read_as_several_is_split,
    an_event_that_is_read_as_none_is_dropped,
    versions_count_stored_events_and_not_those_that_are_read,
    one_event_decodes_through_its_chain,
    an_older_version_without_a_step_is_refused,
];

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.registered", version = 1)]
struct RegisteredV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.registered", version = 2, upcast = RegisteredV1::with_age)]
struct RegisteredV2 {
    name: String,
    age: u32,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.registered", version = 3, upcast = |old: RegisteredV2| Registered { full_name: old.name, age: Some(old.age) }, aliases("PersonCreated"))]
struct Registered {
    full_name: String,
    age: Option<u32>,
}

impl RegisteredV1 {
    fn with_age(self) -> RegisteredV2 {
        RegisteredV2 {
            name: self.name + "!",
            age: 7,
        }
    }
}

/// The name under which persons were registered once.
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "PersonCreated", version = 1)]
struct PersonCreated {
    name: String,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.moved", version = 3, upcast_json = Moved::from_raw)]
struct Moved {
    city: String,
}

impl Moved {
    fn from_raw(old: RawEvent<'_>) -> Result<Moved, serde_json::Error> {
        let json: serde_json::Value = old.json()?;
        let field = if old.version() == 1 { "town" } else { "place" };
        let city = json[field].as_str().unwrap_or_default().to_owned();
        Ok(Moved { city })
    }
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.moved", version = 1)]
struct MovedV1 {
    town: String,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.moved", version = 2)]
struct MovedV2 {
    place: String,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("person.wrote")]
struct Wrote {
    letter: String,
}

/// Several letters at once, as they were stored once.
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("person.wrote-several")]
struct WroteSeveral {
    letters: Vec<String>,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("person.pinged")]
struct Pinged {}

#[derive(Aggregate, Default, Serialize, Deserialize, Debug, PartialEq)]
#[aggregate(
    name = "person",
    events(Registered, Moved, Wrote),
    reads(split, |_: Pinged| ())
)]
struct Person {
    name: String,
    age: Option<u32>,
    city: String,
    letters: Vec<String>,
}

fn split(old: WroteSeveral) -> Vec<Wrote> {
    let letters = old.letters.into_iter();
    letters.map(|letter| Wrote { letter }).collect()
}

#[derive(Debug, Clone)]
struct Write(&'static str);

#[aggregate]
impl Person {
    fn registered(&mut self, event: Registered) {
        self.name = event.full_name;
        self.age = event.age;
    }

    fn moved(&mut self, event: Moved) {
        self.city = event.city;
    }

    fn wrote(&mut self, event: Wrote, cx: &Recorded) {
        self.letters
            .push(format!("{} ({})", event.letter, cx.version()));
    }

    fn write(&self, command: Write) -> Result<Wrote, std::convert::Infallible> {
        let letter = command.0.to_owned();
        Ok(Wrote { letter })
    }
}

fn person() -> StreamId {
    StreamId::new("person", "1")
}

async fn store_one<E: Event>(store: &Store, event: E) {
    store
        .append(Append::to(&person(), Expected::Any, [NewEvent::of(&event)]))
        .await
        .expect("stored");
}

async fn person_of(store: &Store) -> Person {
    let root = store.aggregate::<Person>("1");
    root.load().await.expect("loads").into_state()
}

async fn every_version_is_read_through_its_chain(database: &Database) {
    let store = database.store().await;
    store_one(&store, RegisteredV1 { name: "Ann".into() }).await;
    let person = person_of(&store).await;
    assert_eq!((person.name.as_str(), person.age), ("Ann!", Some(7)));
    store_one(
        &store,
        RegisteredV2 {
            name: "Bob".into(),
            age: 8,
        },
    )
    .await;
    let person = person_of(&store).await;
    assert_eq!((person.name.as_str(), person.age), ("Bob", Some(8)));
    store_one(
        &store,
        Registered {
            full_name: "Cid".into(),
            age: None,
        },
    )
    .await;
    let person = person_of(&store).await;
    assert_eq!((person.name.as_str(), person.age), ("Cid", None));
}

async fn an_old_version_is_stored_as_itself(database: &Database) {
    let store = database.store().await;
    store_one(&store, RegisteredV1 { name: "Ann".into() }).await;
    person_of(&store).await;
    let raw = store.stream(&person()).all().await.expect("readable");
    assert_eq!(raw[0].recorded().schema_version(), 1);
    assert_eq!(raw[0].payload(), br#"{"name":"Ann"}"#);
}

async fn a_renamed_event_is_read_under_its_old_names(database: &Database) {
    let store = database.store().await;
    store_one(&store, PersonCreated { name: "Ann".into() }).await;
    let person = person_of(&store).await;
    assert_eq!((person.name.as_str(), person.age), ("Ann!", Some(7)));
    // In any version.
    database
        .edit(
            "UPDATE {events} SET schema_version = 3, payload = '{\"full_name\":\"Dee\",\"age\":null}'",
        )
        .await;
    assert_eq!(person_of(&database.store().await).await.name, "Dee");
}

async fn raw_json_is_read_by_its_function(database: &Database) {
    let store = database.store().await;
    store_one(&store, MovedV1 { town: "Ulm".into() }).await;
    assert_eq!(person_of(&store).await.city, "Ulm");
    let place = "Rom".into();
    store_one(&store, MovedV2 { place }).await;
    assert_eq!(person_of(&store).await.city, "Rom");
    store_one(
        &store,
        Moved {
            city: "Bern".into(),
        },
    )
    .await;
    assert_eq!(person_of(&store).await.city, "Bern");
}

async fn an_event_that_is_read_as_several_is_split(database: &Database) {
    let store = database.store().await;
    let letters = vec!["a".into(), "b".into()];
    store_one(&store, Wrote { letter: "z".into() }).await;
    store_one(&store, WroteSeveral { letters }).await;
    assert_eq!(person_of(&store).await.letters, ["z (1)", "a (2)", "b (2)"]);
    let root = store.aggregate::<Person>("1");
    let mut events = root.events();
    let mut seen = Vec::new();
    while let Some((_, recorded)) = events.next().await.expect("readable") {
        seen.push(recorded.version().get());
    }
    assert_eq!(seen, [1, 2, 2]);
    let mut history = root.history();
    let mut entries = 0;
    while history.next().await.expect("readable").is_some() {
        entries += 1;
    }
    assert_eq!(entries, 2, "one entry for each stored event");
}

async fn an_event_that_is_read_as_none_is_dropped(database: &Database) {
    let store = database.store().await;
    store_one(&store, Pinged {}).await;
    store_one(&store, Wrote { letter: "a".into() }).await;
    store_one(&store, WroteSeveral { letters: vec![] }).await;
    assert_eq!(person_of(&store).await.letters, ["a (2)"]);
    let root = store.aggregate::<Person>("1");
    let mut events = root.events();
    assert!(events.next().await.expect("readable").is_some());
    assert!(events.next().await.expect("readable").is_none());
}

async fn versions_count_stored_events_and_not_those_that_are_read(database: &Database) {
    let store = database.store().await;
    let letters = vec!["a".into(), "b".into(), "c".into()];
    store_one(&store, WroteSeveral { letters }).await;
    store_one(&store, Pinged {}).await;
    let root = store.aggregate::<Person>("1");
    assert_eq!(root.load().await.expect("loads").version(), Version::new(2));
    let receipt = root.execute(Write("d")).await.expect("stored");
    assert_eq!(receipt.version(), Version::new(3));
    assert_eq!(person_of(&store).await.letters.len(), 4);
}

async fn one_event_decodes_through_its_chain(database: &Database) {
    let store = database.store().await;
    store_one(&store, RegisteredV1 { name: "Ann".into() }).await;
    let raw = store.stream(&person()).all().await.expect("readable");
    let current = raw[0].decode::<Registered>().expect("readable");
    let expected = Registered {
        full_name: "Ann!".into(),
        age: Some(7),
    };
    assert_eq!(current, Some(expected));
    let halfway = raw[0].decode::<RegisteredV2>().expect("readable");
    assert_eq!(halfway.map(|event| event.age), Some(7));
    assert_eq!(raw[0].decode::<Moved>().expect("another type"), None);
}

async fn an_older_version_without_a_step_is_refused(database: &Database) {
    let store = database.store().await;
    store_one(&store, MovedV1 { town: "Ulm".into() }).await;
    let raw = store.stream(&person()).all().await.expect("readable");
    // `MovedV2` stands alone: nothing leads to it.
    let error = raw[0].decode::<MovedV2>().expect_err("no step");
    assert_eq!(error.kind(), annals::ErrorKind::Misfit);
    let message = error.to_string();
    for part in ["event 1", "person-1", "person.moved", "version 1", "is 2"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}
