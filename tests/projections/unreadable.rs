//! What nobody can read stops a projection, and what a newer release can read is left to it.

use annals::prelude::*;
use annals::projection::parked;
use annals::{App, ErrorKind, StreamId};
use annals_tests::{Database, contract, options};

use crate::models::LEASE;
use crate::stored::{PATIENCE, add, app, rows, started, until};

contract![
    an_event_that_does_not_decode_stops_the_projection,
    what_was_before_the_stop_is_there,
    each_partition_stops,
    other_projections_go_on,
    damage_that_the_feed_finds_stops_the_projection,
    a_newer_event_is_left_to_a_newer_release,
];

#[derive(Event, Serialize, Deserialize)]
#[event("light.switched")]
struct Switched {
    on: bool,
}

#[derive(Event, Serialize, Deserialize)]
#[event("light.moved")]
struct Moved {}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Light {
    #[key]
    id: String,
    switched: u32,
}

#[projection(name = "lights", partitions = 2)]
impl Light {
    fn switched(row: Option<Self>, _: &Switched, cx: &Recorded) -> Self {
        Light {
            id: cx.stream().id().to_owned(),
            switched: row.map_or(1, |row| row.switched + 1),
        }
    }
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Place {
    #[key]
    id: String,
    moves: u32,
}

#[projection("places")]
impl Place {
    fn moved(row: Option<Self>, _: &Moved, cx: &Recorded) -> Self {
        Place {
            id: cx.stream().id().to_owned(),
            moves: row.map_or(1, |row| row.moves + 1),
        }
    }
}

fn lights(app: App) -> App {
    app.event::<Switched>()
        .event::<Moved>()
        .projection::<Light>()
        .projection::<Place>()
}

fn light(id: &str) -> StreamId {
    StreamId::new("light", id)
}

/// Two lights of two partitions, then one event that cannot be read.
async fn damaged(database: &Database) -> (Receipt, Receipt) {
    let store = database.store().await;
    add(&store, &light("0"), &Switched { on: true }).await;
    let before = add(&store, &light("1"), &Switched { on: true }).await;
    let bad = add(&store, &light("1"), &Switched { on: false }).await;
    let position = bad.position().expect("stored");
    let damage =
        format!("update {{events}} set payload = '{{\"on\":7}}' where position = {position}");
    assert_eq!(database.edit(&damage).await, 1);
    add(&store, &light("0"), &Moved {}).await;
    (before, bad)
}

async fn stopped(store: &Store, receipt: &Receipt) -> annals::Error {
    let reading = store.read_model::<Light>();
    let reading = reading.after(receipt).timeout(PATIENCE);
    reading.count().await.expect_err("it stopped")
}

async fn an_event_that_does_not_decode_stops_the_projection(database: &Database) {
    let (_, bad) = damaged(database).await;
    let running = started(lights(app(database).await)).await;
    let store = running.store();
    let begun = std::time::Instant::now();
    let error = stopped(store, &bad).await;
    assert!(begun.elapsed() < PATIENCE / 2, "it says so at once");
    assert_eq!(error.kind(), ErrorKind::Behind);
    let text = error.to_string();
    let position = bad.position().expect("stored").get();
    let expected = format!("projection `lights` stopped before position {position}: ");
    assert!(text.starts_with(&expected), "{text}");
    assert!(text.contains("its payload does not fit at `on`"), "{text}");
    assert_eq!(
        error.hint(),
        Some("mend what it says, then run `projection resume lights`")
    );
    // It is not parked, since it is not known whose it is.
    assert_eq!(database.number("select count(*) from {parked}").await, 0);
    running.stop().await;
}

async fn what_was_before_the_stop_is_there(database: &Database) {
    let (before, bad) = damaged(database).await;
    let running = started(lights(app(database).await)).await;
    let store = running.store();
    stopped(store, &bad).await;
    let found = rows::<Light>(store, &before).await;
    let told: Vec<_> = found.iter().map(|row| row.switched).collect();
    assert_eq!(told, [1, 1]);
    running.stop().await;
}

async fn each_partition_stops(database: &Database) {
    let (_, bad) = damaged(database).await;
    let running = started(lights(app(database).await)).await;
    let position = bad.position().expect("stored");
    let sql = format!(
        "select count(*) from {{partitions}} where projection = 'lights' and stopped_at = {position} \
         and checkpoint = {position} - 1 and owner is null"
    );
    let look = || database.number(&sql);
    until("two partitions stop", look, |stopped| *stopped == 2).await;
    running.stop().await;
}

async fn other_projections_go_on(database: &Database) {
    damaged(database).await;
    let running = started(lights(app(database).await)).await;
    let store = running.store();
    let receipt = add(store, &light("9"), &Moved {}).await;
    assert_eq!(rows::<Place>(store, &receipt).await.len(), 2);
    running.stop().await;
}

/// The row itself is damaged, so that the feed hands out nothing.
async fn damage_that_the_feed_finds_stops_the_projection(database: &Database) {
    let store = database.store().await;
    add(&store, &light("0"), &Switched { on: true }).await;
    let bad = add(&store, &light("1"), &Switched { on: true }).await;
    database
        .sql("delete from {streams} where stream = 'light-1'")
        .await;
    let running = started(lights(app(database).await)).await;
    let error = stopped(running.store(), &bad).await;
    assert_eq!(error.kind(), ErrorKind::Behind);
    assert!(error.to_string().contains("light-1"), "{error}");
    running.stop().await;
}

mod newer {
    use annals::prelude::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "light.switched", version = 2, upcast = |old: super::Switched| Switched { brightness: u8::from(old.on) })]
    pub(super) struct Switched {
        pub(super) brightness: u8,
    }

    #[derive(ReadModel, Debug, Clone, PartialEq)]
    pub(super) struct Light {
        #[key]
        pub(super) id: String,
        pub(super) switched: u32,
    }

    /// The same columns and the same tokens.
    #[projection(name = "lights", partitions = 2)]
    impl Light {
        fn switched(row: Option<Self>, _: &Switched, cx: &Recorded) -> Self {
            Light {
                id: cx.stream().id().to_owned(),
                switched: row.map_or(1, |row| row.switched + 1),
            }
        }
    }
}

async fn a_newer_event_is_left_to_a_newer_release(database: &Database) {
    let running = started(lights(app(database).await)).await;
    let store = running.store();
    add(store, &light("1"), &Switched { on: true }).await;
    let newer = newer::Switched { brightness: 3 };
    let receipt = add(store, &light("1"), &newer).await;
    let position = receipt.position().expect("stored");
    let stands = format!(
        "select count(*) from {{partitions}} where projection = 'lights' and checkpoint = {position} - 1 and owner is null"
    );
    let look = || database.number(&stands);
    until("it gives its lease back", look, |free| *free == 2).await;
    let nobody = "select count(*) from {partitions} where stopped_why is not null";
    assert_eq!(database.number(nobody).await, 0);
    let release = App::new(database.open(options()).await)
        .event::<newer::Switched>()
        .event::<Moved>()
        .projection::<newer::Light>()
        .projection::<Place>()
        .lease(LEASE);
    let other = started(release).await;
    let found = rows::<newer::Light>(other.store(), &receipt).await;
    assert_eq!(found[0].switched, 2);
    let parked = parked::list(
        &lights(App::new(database.url()).options(options())),
        None,
        9,
    )
    .await;
    assert_eq!(parked.expect("listed"), []);
    running.stop().await;
    other.stop().await;
}
