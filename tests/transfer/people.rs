//! Events that have become others.

use annals::prelude::*;
use annals::{App, Append, NewEvent, StreamId};

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "PersonCreated", version = 1)]
pub(crate) struct Created {
    pub(crate) name: String,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event(name = "person.registered", version = 2, upcast = |old: Created| Registered { names: vec![old.name] }, aliases("PersonCreated"))]
pub(crate) struct Registered {
    pub(crate) names: Vec<String>,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("person.wrote")]
pub(crate) struct Wrote {
    pub(crate) letter: String,
}

/// Several letters at once, as they were stored once.
#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("person.wrote-several")]
pub(crate) struct WroteSeveral {
    pub(crate) letters: Vec<String>,
}

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("person.pinged")]
pub(crate) struct Pinged {}

#[derive(Aggregate, Default, Serialize, Deserialize, Debug, PartialEq)]
#[aggregate(name = "person", events(Registered, Wrote), reads(split, |_: Pinged| ()))]
pub(crate) struct Person {
    pub(crate) names: Vec<String>,
    pub(crate) letters: Vec<String>,
}

fn split(old: WroteSeveral) -> Vec<Wrote> {
    let letters = old.letters.into_iter();
    letters.map(|letter| Wrote { letter }).collect()
}

#[aggregate]
impl Person {
    fn registered(&mut self, event: Registered) {
        self.names = event.names;
    }

    fn wrote(&mut self, event: Wrote) {
        self.letters.push(event.letter);
    }
}

/// An older release of the same aggregate, which stores what has become something else.
pub(crate) async fn filled(store: &Store) {
    let text = |text: &str| text.to_owned();
    for id in ["ada", "bob"] {
        let stream = StreamId::new("person", id);
        let events = [
            NewEvent::of(&Created { name: text(id) }),
            NewEvent::of(&Pinged {}),
            NewEvent::of(&WroteSeveral {
                letters: vec![text("a"), text("b"), text("c")],
            }),
            NewEvent::of(&WroteSeveral { letters: vec![] }),
            NewEvent::of(&Wrote { letter: text("d") }),
        ];
        let append = Append::to(&stream, Expected::NoStream, events);
        store.append(append).await.expect("stored");
    }
}

pub(crate) fn app(store: &Store) -> App {
    App::new(store.clone()).aggregate::<Person>()
}
