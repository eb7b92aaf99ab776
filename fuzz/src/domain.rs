//! What the stored bytes are read as: events of several versions, with and without a type of their own.

use std::collections::BTreeMap;

use annals::prelude::*;
use annals::{App, NewEvent, RawEvent, StoreSource};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "book.opened", version = 3, upcast = BookOpenedV2::into_current)]
pub(crate) struct BookOpened {
    pub(crate) owner: Owner,
    pub(crate) cents: i64,
    pub(crate) rates: BTreeMap<String, f64>,
}

#[derive(Schema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(tag = "kind")]
pub(crate) enum Owner {
    Person { name: String, born: Option<u16> },
    Company { names: Vec<String> },
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "book.opened", version = 2, upcast = BookOpenedV1::into_second)]
struct BookOpenedV2 {
    name: String,
    cents: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "book.opened", version = 1)]
struct BookOpenedV1 {
    name: String,
}

impl BookOpenedV1 {
    fn into_second(self) -> BookOpenedV2 {
        BookOpenedV2 {
            name: self.name,
            cents: 0,
        }
    }
}

impl BookOpenedV2 {
    fn into_current(self) -> BookOpened {
        BookOpened {
            owner: Owner::Person {
                name: self.name,
                born: None,
            },
            cents: self.cents,
            rates: BTreeMap::new(),
        }
    }
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "book.written", version = 3, upcast_json = written)]
pub(crate) struct BookWritten {
    pub(crate) cents: i64,
}

fn written(old: RawEvent<'_>) -> Result<BookWritten, String> {
    let json: serde_json::Value = old.json().map_err(|error| error.to_string())?;
    let name = if old.version() == 1 {
        "amount"
    } else {
        "cents"
    };
    match json.get(name).and_then(serde_json::Value::as_i64) {
        Some(cents) => Ok(BookWritten { cents }),
        None => Err(format!("has no `{name}`")),
    }
}

/// Without snapshots: each load reads every event.
#[derive(Aggregate, Default, Debug, Clone, PartialEq, Serialize)]
#[aggregate(name = "book", events(BookOpened, BookWritten))]
pub(crate) struct Book {
    pub(crate) cents: i64,
    pub(crate) opened: Vec<BookOpened>,
}

#[aggregate]
impl Book {
    fn opened(&mut self, event: BookOpened) {
        self.cents = self.cents.wrapping_add(event.cents);
        self.opened.push(event);
    }

    fn written(&mut self, event: BookWritten) {
        self.cents = self.cents.wrapping_add(event.cents);
    }
}

impl BookEvent {
    pub(crate) fn as_new(&self) -> NewEvent {
        match self {
            BookEvent::BookOpened(event) => NewEvent::of(event),
            BookEvent::BookWritten(event) => NewEvent::of(event),
        }
    }
}

/// With snapshots.
#[derive(Aggregate, Default, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[aggregate(name = "safe", events(BookWritten), snapshot(every = 2))]
pub(crate) struct Safe {
    pub(crate) cents: i64,
    pub(crate) entries: Vec<i64>,
}

#[derive(Clone)]
pub(crate) struct Write(pub(crate) i64);

#[aggregate]
impl Safe {
    fn written(&mut self, event: BookWritten) {
        self.cents = self.cents.wrapping_add(event.cents);
        self.entries.push(event.cents);
    }

    fn write(&self, Write(cents): Write) -> Result<BookWritten, String> {
        match cents {
            0 => Err("nothing to write".to_owned()),
            cents => Ok(BookWritten { cents }),
        }
    }
}

/// A row for each book and each safe.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Sum {
    #[key]
    stream: String,
    #[index]
    cents: i64,
}

#[projection(name = "sums", version = 1)]
impl Sum {
    #[key(cx.stream().to_string())]
    fn opened(event: &BookOpened, cx: &Recorded) -> Self {
        Sum {
            stream: cx.stream().to_string(),
            cents: event.cents,
        }
    }

    #[key(cx.stream().to_string())]
    fn written(row: Option<Self>, event: &BookWritten, cx: &Recorded) -> Self {
        Sum {
            stream: cx.stream().to_string(),
            cents: row.map_or(0, |row| row.cents).wrapping_add(event.cents),
        }
    }
}

/// Besides the events of its own it has those of the example orders, which bring a process along.
pub(crate) fn app(store: impl Into<StoreSource>) -> App {
    orders::app(store)
        .aggregate::<Book>()
        .aggregate::<Safe>()
        .projection::<Sum>()
}
