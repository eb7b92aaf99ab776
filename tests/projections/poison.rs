//! What cannot be handled holds up its own key alone.

use std::collections::HashSet;
use std::sync::Mutex;

use annals::prelude::*;
use annals::projection::parked::{self, ParkedEvent};
use annals::{App, ErrorKind, Running, StreamId};
use annals_tests::{Database, contract, options};

use crate::models::LEASE;
use crate::stored::{add, app, rows, started};

contract![
    an_answer_that_is_an_error_parks_the_event,
    a_panic_parks_the_event,
    an_insert_over_a_row_parks_the_event,
    a_change_without_a_row_parks_the_event,
    a_row_that_no_column_holds_parks_the_event,
    a_row_that_the_database_refuses_parks_its_events,
    a_key_that_no_index_holds_parks_the_event,
    a_key_that_no_column_holds_parks_the_event,
    words_that_no_column_holds_are_told_anyway,
    what_waits_is_handled_in_order_when_it_is_tried_again,
    what_still_fails_stays_parked_and_counts,
    one_key_is_tried_by_itself,
    a_discarded_event_lets_the_others_go_on,
    what_is_not_parked_cannot_be_discarded,
    an_event_of_several_rows_is_parked_for_one_of_them,
    what_one_event_is_read_as_is_handled_whole,
    poison_among_many_events_leaves_all_others_handled,
];

/// What happens to a thing.
#[derive(Event, Serialize, Deserialize, Clone)]
#[event("thing.happened")]
struct Happened {
    what: What,
    value: i64,
    /// Marks the test: while it is barred, its handlers fail.
    mark: String,
}

#[derive(Schema, Serialize, Deserialize, Clone, Debug, PartialEq)]
enum What {
    Made,
    Changed,
    Fails,
    Panics,
    NotANumber,
    Nul,
    Complains,
}

static BARRED: Mutex<Option<HashSet<String>>> = Mutex::new(None);

fn bar(mark: &str) {
    let mut barred = BARRED.lock().expect("a set");
    barred.get_or_insert_default().insert(mark.to_owned());
}

fn unbar(mark: &str) {
    let mut barred = BARRED.lock().expect("a set");
    barred.get_or_insert_default().remove(mark);
}

fn is_barred(mark: &str) -> bool {
    let barred = BARRED.lock().expect("a set");
    barred.as_ref().is_some_and(|barred| barred.contains(mark))
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Thing {
    #[key]
    id: String,
    value: i64,
    share: f64,
    note: String,
    /// Every value in the order in which it came.
    #[column(json)]
    values: Vec<i64>,
}

#[projection("things")]
impl Thing {
    fn happened(row: Option<Self>, event: &Happened, cx: &Recorded) -> Result<Self, String> {
        let barred = is_barred(&event.mark);
        let mut thing = match (&event.what, row) {
            (What::Made, Some(_)) => return Err("it is there already".to_owned()),
            (What::Made, None) => Thing {
                id: cx.stream().id().to_owned(),
                value: 0,
                share: 0.5,
                note: String::new(),
                values: Vec::new(),
            },
            (_, Some(thing)) => thing,
            (_, None) => return Err("it is not there".to_owned()),
        };
        thing.values.push(event.value);
        thing.value = event.value;
        match event.what {
            What::Fails if barred => return Err(format!("{} is too much", event.value)),
            What::Panics if barred => panic!("{} is out of bounds", event.value),
            What::NotANumber if barred => thing.share = f64::NAN,
            What::Nul if barred => thing.note = "a\0b".to_owned(),
            What::Complains if barred => return Err("no \0 here".to_owned()),
            _ => {}
        }
        Ok(thing)
    }
}

fn thing(id: &str) -> StreamId {
    StreamId::new("thing", id)
}

/// A test's own world, in which the mark is the address of its database.
struct World {
    running: Running,
    app: App,
    mark: String,
}

impl World {
    async fn new(database: &Database) -> World {
        let things = |app: App| app.event::<Happened>().projection::<Thing>();
        let world = World {
            running: started(things(app(database).await)).await,
            app: things(App::new(database.url()).options(options())).lease(LEASE),
            mark: database.url().to_owned(),
        };
        bar(&world.mark);
        world
    }

    fn store(&self) -> &Store {
        self.running.store()
    }

    async fn add(&self, id: &str, what: What, value: i64) -> Receipt {
        let event = Happened {
            what,
            value,
            mark: self.mark.clone(),
        };
        add(self.store(), &thing(id), &event).await
    }

    /// Two things, of which one meets what cannot be handled, and what comes after it.
    async fn meet(&self, what: What) -> Receipt {
        self.add("good", What::Made, 1).await;
        self.add("bad", What::Made, 1).await;
        self.add("bad", what, 2).await;
        self.add("bad", What::Changed, 3).await;
        self.add("good", What::Changed, 4).await
    }

    async fn told(&self, receipt: &Receipt) -> Vec<(String, Vec<i64>)> {
        let things = rows::<Thing>(self.store(), receipt).await;
        let things = things.into_iter();
        things.map(|thing| (thing.id, thing.values)).collect()
    }

    async fn parked(&self) -> Vec<ParkedEvent> {
        parked::list(&self.app, Some("things"), 100)
            .await
            .expect("listed")
    }

    /// Good things go on, bad ones wait; and the row of the bad one is as it was.
    async fn bad_waits(&self, receipt: &Receipt, error: &str) {
        assert_eq!(
            self.told(receipt).await,
            [("bad".to_owned(), vec![1]), ("good".to_owned(), vec![1, 4])]
        );
        let parked = self.parked().await;
        let told: Vec<_> = parked
            .iter()
            .map(|one| (one.key.as_str(), one.attempts, one.stream.as_str()))
            .collect();
        assert_eq!(told, [("bad", 1, "thing-bad"), ("bad", 0, "thing-bad")]);
        let why = parked[0].error.as_deref().expect("why");
        assert!(why.contains(error), "{why}");
        assert_eq!(parked[1].error, None);
        assert!(parked[0].position < parked[1].position);
        assert_eq!(parked[0].event_type, "thing.happened");
    }

    /// When the cause is gone, all of it is handled.
    async fn bad_goes_on(&self, values: &[i64]) {
        unbar(&self.mark);
        let retried = parked::retry(&self.app, "things", None).await;
        let retried = retried.expect("tried");
        assert_eq!((retried.handled, retried.parked), (2, 0));
        assert_eq!(self.parked().await, []);
        // Events that come later are handled by the worker.
        let receipt = self.add("bad", What::Changed, 9).await;
        let mut all = values.to_vec();
        all.push(9);
        assert_eq!(
            self.told(&receipt).await,
            [("bad".to_owned(), all), ("good".to_owned(), vec![1, 4])]
        );
    }
}

async fn an_answer_that_is_an_error_parks_the_event(database: &Database) {
    let world = World::new(database).await;
    let receipt = world.meet(What::Fails).await;
    world.bad_waits(&receipt, "2 is too much").await;
    world.bad_goes_on(&[1, 2, 3]).await;
}

async fn a_panic_parks_the_event(database: &Database) {
    let world = World::new(database).await;
    let receipt = world.meet(What::Panics).await;
    world
        .bad_waits(&receipt, "it panicked: 2 is out of bounds")
        .await;
    world.bad_goes_on(&[1, 2, 3]).await;
}

async fn an_insert_over_a_row_parks_the_event(database: &Database) {
    let world = World::new(database).await;
    let receipt = world.meet(What::Made).await;
    world.bad_waits(&receipt, "it is there already").await;
}

async fn a_change_without_a_row_parks_the_event(database: &Database) {
    let world = World::new(database).await;
    world.add("bad", What::Changed, 1).await;
    world.add("bad", What::Made, 2).await;
    let receipt = world.add("good", What::Made, 3).await;
    assert_eq!(
        world.told(&receipt).await,
        [("good".to_owned(), vec![3])],
        "what comes later waits, too"
    );
    assert_eq!(world.parked().await.len(), 2);
}

async fn a_row_that_no_column_holds_parks_the_event(database: &Database) {
    let world = World::new(database).await;
    let receipt = world.meet(What::NotANumber).await;
    world
        .bad_waits(&receipt, "column `share` cannot hold NaN")
        .await;
    world.bad_goes_on(&[1, 2, 3]).await;
    bar(&world.mark);
    let receipt = world.add("good", What::Nul, 5).await;
    rows::<Thing>(world.store(), &receipt).await;
    let parked = world.parked().await;
    let why = parked[0].error.as_deref().expect("why");
    assert_eq!(why, "column `note` cannot hold the character NUL");
}

async fn a_row_that_the_database_refuses_parks_its_events(database: &Database) {
    let world = World::new(database).await;
    let refuse = if database.is_postgres() {
        "alter table annals.things_v1 add constraint small check (value < 100)"
    } else {
        "create trigger small before insert on things_v1 when new.value >= 100 \
         begin select raise(abort, 'small'); end"
    };
    database.sql(refuse).await;
    world.add("good", What::Made, 1).await;
    let receipt = world.add("bad", What::Made, 1).await;
    rows::<Thing>(world.store(), &receipt).await;
    world.add("bad", What::Changed, 100).await;
    world.add("bad", What::Changed, 103).await;
    let receipt = world.add("good", What::Changed, 4).await;
    world.bad_waits(&receipt, "small").await;
    let allow = if database.is_postgres() {
        "alter table annals.things_v1 drop constraint small"
    } else {
        "drop trigger small"
    };
    database.sql(allow).await;
    world.bad_goes_on(&[1, 100, 103]).await;
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Note {
    #[key]
    text: String,
    times: i64,
}

#[projection("notes")]
impl Note {
    #[key(event.mark)]
    fn happened(row: Option<Self>, event: &Happened) -> Self {
        Note {
            text: event.mark.clone(),
            times: row.map_or(1, |row| row.times + 1),
        }
    }
}

async fn noted(database: &Database, marks: &[&str]) -> (Running, Vec<(String, i64)>) {
    let app = app(database).await.event::<Happened>().projection::<Note>();
    let running = started(app).await;
    let mut receipt = None;
    for mark in marks {
        let event = Happened {
            what: What::Made,
            value: 1,
            mark: (*mark).to_owned(),
        };
        receipt = Some(add(running.store(), &thing("1"), &event).await);
    }
    let notes = rows::<Note>(running.store(), &receipt.expect("stored")).await;
    let notes = notes.into_iter().map(|note| (note.text, note.times));
    let notes = notes.collect();
    (running, notes)
}

/// Text of which no compression makes less.
fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'!' + u8::try_from((state >> 33) % 90).expect("small"))
    };
    (0..length).map(|_| next()).collect()
}

async fn a_key_that_no_index_holds_parks_the_event(database: &Database) {
    let long = noise(20_000);
    let (running, notes) = noted(database, &["a", &long, "b", &long]).await;
    let short: Vec<_> = notes
        .iter()
        .filter(|(text, _)| text.len() == 1)
        .map(|(text, times)| (text.as_str(), *times))
        .collect();
    assert_eq!(short, [("a", 1), ("b", 1)]);
    let parked = database.number("select count(*) from {parked}").await;
    // SQLite has room for any key.
    let expected = if database.is_postgres() { 2 } else { 0 };
    assert_eq!(parked, expected);
    running.stop().await;
}

async fn a_key_that_no_column_holds_parks_the_event(database: &Database) {
    let (running, notes) = noted(database, &["a", "n\0l", "b"]).await;
    assert_eq!(notes, [("a".to_owned(), 1), ("b".to_owned(), 1)]);
    let why = database.text("select error from {parked}").await;
    assert_eq!(why, "column `text` cannot hold the character NUL");
    running.stop().await;
}

async fn words_that_no_column_holds_are_told_anyway(database: &Database) {
    let world = World::new(database).await;
    let receipt = world.meet(What::Complains).await;
    world.bad_waits(&receipt, "no \u{fffd} here").await;
    world.bad_goes_on(&[1, 2, 3]).await;
}

async fn what_waits_is_handled_in_order_when_it_is_tried_again(database: &Database) {
    let world = World::new(database).await;
    world.meet(What::Fails).await;
    for value in 10..60 {
        world.add("bad", What::Changed, value).await;
    }
    let receipt = world.add("good", What::Changed, 5).await;
    world.told(&receipt).await;
    assert_eq!(world.parked().await.len(), 52);
    unbar(&world.mark);
    let retried = parked::retry(&world.app, "things", None).await;
    assert_eq!(retried.expect("tried").handled, 52);
    let expected: Vec<i64> = [1, 2, 3].into_iter().chain(10..60).collect();
    let told = world.told(&receipt).await;
    assert_eq!(told[0].1, expected);
}

async fn what_still_fails_stays_parked_and_counts(database: &Database) {
    let world = World::new(database).await;
    let receipt = world.meet(What::Fails).await;
    world.told(&receipt).await;
    let before = world.parked().await;
    let retried = parked::retry(&world.app, "things", None).await;
    let retried = retried.expect("tried");
    assert_eq!((retried.handled, retried.parked), (0, 2));
    let after = world.parked().await;
    assert_eq!(after.len(), 2);
    assert!(after[0].attempts > before[0].attempts, "{after:?}");
    assert_eq!(after[0].error, before[0].error);
    assert_eq!(after[1].error, None);
    world.bad_goes_on(&[1, 2, 3]).await;
}

async fn one_key_is_tried_by_itself(database: &Database) {
    let world = World::new(database).await;
    for id in ["a", "b"] {
        world.add(id, What::Made, 1).await;
        world.add(id, What::Fails, 2).await;
    }
    let receipt = world.add("c", What::Made, 1).await;
    world.told(&receipt).await;
    unbar(&world.mark);
    let retried = parked::retry(&world.app, "things", Some("b")).await;
    assert_eq!(retried.expect("tried").handled, 1);
    let told = world.told(&receipt).await;
    assert_eq!((&told[0].1, &told[1].1), (&vec![1], &vec![1, 2]));
    let keys: Vec<_> = world
        .parked()
        .await
        .into_iter()
        .map(|one| one.key)
        .collect();
    assert_eq!(keys, ["a"]);
}

async fn a_discarded_event_lets_the_others_go_on(database: &Database) {
    let world = World::new(database).await;
    let receipt = world.meet(What::Fails).await;
    world.told(&receipt).await;
    let position = world.parked().await[0].position;
    let discarded = parked::discard(&world.app, "things", position, None).await;
    assert_eq!(discarded.expect("discarded"), 1);
    let retried = parked::retry(&world.app, "things", None).await;
    assert_eq!(retried.expect("tried").handled, 1);
    let told = world.told(&receipt).await;
    assert_eq!(told[0], ("bad".to_owned(), vec![1, 3]));
}

async fn what_is_not_parked_cannot_be_discarded(database: &Database) {
    let world = World::new(database).await;
    let discarded = parked::discard(&world.app, "things", Position::new(7), None).await;
    let error = discarded.expect_err("nothing is parked");
    assert_eq!(error.kind(), ErrorKind::Unhandled);
    assert_eq!(
        error.to_string(),
        "projection `things` has no event parked at position 7"
    );
    let retried = parked::retry(&world.app, "thingy", None).await;
    let error = retried.expect_err("no such projection");
    assert!(error.to_string().contains("`thingy`"), "{error}");
}

#[derive(Event, Serialize, Deserialize)]
#[event("things.linked")]
struct Linked {
    one: String,
    other: String,
    mark: String,
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Link {
    #[key]
    id: String,
    links: u32,
}

#[projection(name = "links", partitions = 2)]
impl Link {
    fn happened(_: &Happened, cx: &Recorded) -> Self {
        Link {
            id: cx.stream().id().to_owned(),
            links: 0,
        }
    }

    #[keys([&event.one, &event.other])]
    fn linked(&mut self, event: &Linked) -> Result<(), String> {
        if self.id == event.other && is_barred(&event.mark) {
            return Err(format!("{} is barred", self.id));
        }
        self.links += 1;
        Ok(())
    }
}

async fn an_event_of_several_rows_is_parked_for_one_of_them(database: &Database) {
    let world = World::new(database).await;
    let links = |app: App| {
        app.event::<Happened>()
            .event::<Linked>()
            .projection::<Link>()
    };
    let running = started(links(app(database).await)).await;
    for id in ["a", "b", "c"] {
        world.add(id, What::Made, 1).await;
    }
    let link = |one: &str, other: &str| Linked {
        one: one.to_owned(),
        other: other.to_owned(),
        mark: world.mark.clone(),
    };
    let store = running.store();
    add(store, &thing("a"), &link("a", "b")).await;
    // `b` waits, and is the other one of the next.
    add(store, &thing("b"), &link("b", "a")).await;
    let receipt = add(store, &thing("c"), &link("c", "c")).await;
    let told = |links: Vec<Link>| -> Vec<_> {
        let links = links.into_iter();
        links.map(|link| (link.id, link.links)).collect()
    };
    let row = |id: &str, links: u32| (id.to_owned(), links);
    let found = told(rows::<Link>(store, &receipt).await);
    assert_eq!(found, [row("a", 1), row("b", 0), row("c", 0)]);
    let other = links(App::new(database.url()).options(options()));
    let parked = parked::list(&other, Some("links"), 10).await;
    let keys: Vec<_> = parked
        .expect("listed")
        .into_iter()
        .map(|one| (one.key, one.error.is_some()))
        .collect();
    let place = |key: &str, failed: bool| (key.to_owned(), failed);
    assert_eq!(
        keys,
        [
            place("a", true),
            place("b", true),
            place("b", false),
            place("c", true)
        ]
    );
    unbar(&world.mark);
    let retried = parked::retry(&other, "links", None).await;
    assert_eq!(retried.expect("tried").handled, 4);
    let found = told(rows::<Link>(store, &receipt).await);
    assert_eq!(found, [row("a", 2), row("b", 2), row("c", 1)]);
    running.stop().await;
}

/// Several that were stored as one.
#[derive(Event, Serialize, Deserialize)]
#[event("things.happened-at-once")]
struct AtOnce {
    all: Vec<Happened>,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "batch", events(Happened), reads(|old: AtOnce| old.all))]
struct Batch;

#[aggregate]
impl Batch {
    fn happened(&mut self, _: Happened) {}
}

async fn what_one_event_is_read_as_is_handled_whole(database: &Database) {
    let mark = database.url().to_owned();
    bar(&mark);
    let running = started(things_of(app(database).await)).await;
    let store = running.store();
    let stream = StreamId::new("batch", "1");
    let at_once = |all: &[(What, i64)]| AtOnce {
        all: all
            .iter()
            .map(|(what, value)| Happened {
                what: what.clone(),
                value: *value,
                mark: mark.clone(),
            })
            .collect(),
    };
    let all = at_once(&[(What::Made, 1), (What::Changed, 2)]);
    add(store, &stream, &all).await;
    let all = at_once(&[(What::Changed, 3), (What::Fails, 4), (What::Changed, 5)]);
    let receipt = add(store, &stream, &all).await;
    let things = rows::<Thing>(store, &receipt).await;
    assert_eq!(things[0].values, [1, 2], "all of one event, or nothing");
    unbar(&mark);
    let other = things_of(App::new(database.url()).options(options()));
    let retried = parked::retry(&other, "things", None).await;
    assert_eq!(retried.expect("tried").handled, 1);
    let things = rows::<Thing>(store, &receipt).await;
    assert_eq!(things[0].values, [1, 2, 3, 4, 5]);
    running.stop().await;
}

fn things_of(app: App) -> App {
    app.aggregate::<Batch>().projection::<Thing>()
}

/// One page with much in it, of which some cannot be handled, on several keys.
async fn poison_among_many_events_leaves_all_others_handled(database: &Database) {
    let world = World::new(database).await;
    world.running.stop().await;
    let store = database.store().await;
    let mut receipt = None;
    for id in 0..20 {
        let stream = thing(&format!("{id:02}"));
        for value in 0..5 {
            let event = Happened {
                what: match (value, id % 5) {
                    (0, _) => What::Made,
                    (2, 0) => What::Fails,
                    (3, 1) => What::NotANumber,
                    (1, 2) => What::Panics,
                    _ => What::Changed,
                },
                value,
                mark: world.mark.clone(),
            };
            receipt = Some(add(&store, &stream, &event).await);
        }
    }
    let running = world.app.start().await.expect("it starts");
    let things = rows::<Thing>(running.store(), &receipt.expect("stored")).await;
    assert_eq!(things.len(), 20);
    for (place, thing) in things.iter().enumerate() {
        let handled = match place % 5 {
            0 => 2,
            1 => 3,
            2 => 1,
            _ => 5,
        };
        assert_eq!(thing.values, (0..handled).collect::<Vec<i64>>(), "{place}");
    }
    let listed = parked::list(&world.app, None, 1000).await.expect("listed");
    assert_eq!(listed.len(), 4 * (3 + 2 + 4));
    unbar(&world.mark);
    let retried = parked::retry(&world.app, "things", None).await;
    assert_eq!(retried.expect("tried").parked, 0);
    let things = running.store().read_model::<Thing>().rows().await;
    let things = things.expect("readable").collect().await.expect("readable");
    assert!(things.iter().all(|thing| thing.values == [0, 1, 2, 3, 4]));
    running.stop().await;
}
