//! Projections see what aggregates see.

use annals::prelude::*;
use annals::{App, Append, ErrorKind, NewEvent, StreamId};
use annals_tests::{Database, contract};

use crate::stored::{add, app, rows, started};

contract![
    old_versions_arrive_as_the_current_one,
    a_renamed_event_arrives_under_its_old_names,
    an_event_that_is_read_as_several_arrives_as_several,
    an_event_that_is_read_as_none_does_not_arrive,
    another_aggregate_reads_the_same_event_otherwise,
    what_no_aggregate_reads_is_refused,
];

#[derive(Event, Serialize, Deserialize)]
#[event(name = "letter.written", version = 1)]
struct WrittenV1 {
    text: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "letter.written", version = 2, upcast = |old: WrittenV1| Written { words: vec![old.text, "(old)".to_owned()] }, aliases("LetterCreated"))]
struct Written {
    words: Vec<String>,
}

/// The name that it had at first.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "LetterCreated", version = 1)]
struct LetterCreated {
    text: String,
}

/// Several letters, as they were stored once.
#[derive(Event, Serialize, Deserialize)]
#[event("letters.written")]
struct WrittenMany {
    letters: Vec<String>,
}

#[derive(Event, Serialize, Deserialize)]
#[event("letter.looked-at")]
struct LookedAt {}

#[derive(Aggregate, Default)]
#[aggregate(name = "writer", events(Written), reads(split, |_: LookedAt| ()))]
struct Writer;

fn split(old: WrittenMany) -> Vec<Written> {
    let letters = old.letters.into_iter();
    letters
        .map(|letter| Written {
            words: vec![letter],
        })
        .collect()
}

#[aggregate]
impl Writer {
    fn written(&mut self, _: Written) {}
}

/// To which a letter that was looked at is a letter, and several letters are one.
#[derive(Aggregate, Default)]
#[aggregate(name = "reader", events(Written), reads(whole, |_: LookedAt| Written { words: vec!["looked".to_owned()] }))]
struct Reader;

fn whole(old: WrittenMany) -> Written {
    Written { words: old.letters }
}

#[aggregate]
impl Reader {
    fn written(&mut self, _: Written) {}
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Letters {
    #[key]
    stream: String,
    #[column(json)]
    all: Vec<String>,
}

#[projection("letters")]
impl Letters {
    #[key(cx.stream().to_string())]
    fn written(row: Option<Self>, event: &Written, cx: &Recorded) -> Self {
        let mut letters = row.unwrap_or_else(|| Letters {
            stream: cx.stream().to_string(),
            all: Vec::new(),
        });
        letters.all.push(event.words.join(" "));
        letters
    }
}

fn letters(app: App) -> App {
    app.aggregate::<Writer>()
        .aggregate::<Reader>()
        .projection::<Letters>()
}

fn writer() -> StreamId {
    StreamId::new("writer", "1")
}

async fn all(store: &Store, receipt: &Receipt) -> Vec<String> {
    let live = store.live::<Letters>().rows().await.expect("folded");
    let rows = rows::<Letters>(store, receipt).await;
    assert_eq!(rows, live);
    rows.into_iter().flat_map(|row| row.all).collect()
}

async fn old_versions_arrive_as_the_current_one(database: &Database) {
    let running = started(letters(app(database).await)).await;
    let store = running.store();
    let text = "hello".to_owned();
    add(store, &writer(), &WrittenV1 { text }).await;
    let words = vec!["dear".to_owned(), "all".to_owned()];
    let receipt = add(store, &writer(), &Written { words }).await;
    assert_eq!(all(store, &receipt).await, ["hello (old)", "dear all"]);
    running.stop().await;
}

async fn a_renamed_event_arrives_under_its_old_names(database: &Database) {
    let running = started(letters(app(database).await)).await;
    let store = running.store();
    let text = "first".to_owned();
    let receipt = add(store, &writer(), &LetterCreated { text }).await;
    assert_eq!(all(store, &receipt).await, ["first (old)"]);
    running.stop().await;
}

async fn an_event_that_is_read_as_several_arrives_as_several(database: &Database) {
    let running = started(letters(app(database).await)).await;
    let store = running.store();
    let many = |letters: &[&str]| WrittenMany {
        letters: letters.iter().map(|&letter| letter.to_owned()).collect(),
    };
    add(store, &writer(), &many(&["a", "b"])).await;
    add(store, &writer(), &many(&[])).await;
    let receipt = add(store, &writer(), &many(&["c"])).await;
    assert_eq!(all(store, &receipt).await, ["a", "b", "c"]);
    running.stop().await;
}

async fn an_event_that_is_read_as_none_does_not_arrive(database: &Database) {
    let running = started(letters(app(database).await)).await;
    let store = running.store();
    let receipt = add(store, &writer(), &LookedAt {}).await;
    assert_eq!(all(store, &receipt).await, Vec::<String>::new());
    running.stop().await;
}

async fn another_aggregate_reads_the_same_event_otherwise(database: &Database) {
    let running = started(letters(app(database).await)).await;
    let store = running.store();
    let both = || {
        let letters = ["a", "b"].map(str::to_owned).to_vec();
        [
            NewEvent::of(&WrittenMany { letters }),
            NewEvent::of(&LookedAt {}),
        ]
    };
    let append = Append::to(&StreamId::new("reader", "1"), Expected::Any, both());
    let append = append.and(&writer(), Expected::Any, both());
    let receipt = store.append(append).await.expect("stored");
    assert_eq!(all(store, &receipt).await, ["a b", "looked", "a", "b"]);
    running.stop().await;
}

async fn what_no_aggregate_reads_is_refused(database: &Database) {
    let alone = app(database).await.projection::<Letters>();
    let error = alone.open().await.expect_err("no aggregate reads it");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert_eq!(
        error.to_string(),
        "projection `letters` handles event `letter.written` (`Written`), which no aggregate of the app reads"
    );
    assert_eq!(
        error.hint(),
        Some(
            "add its aggregate to the app: `.aggregate::<..>()`, or the event alone: `.event::<Written>()`"
        )
    );
    let with_event = app(database).await.event::<Written>();
    let opened = with_event.projection::<Letters>().open().await;
    opened.expect("the event is known");
}
