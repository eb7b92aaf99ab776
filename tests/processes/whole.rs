//! A step is stored whole or not at all: its transaction is made to fail at each of the tables that it writes.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use annals::App;
use annals::prelude::*;
use annals::process::operate::{self, Entry, Story, What};
use annals_tests::{Database, contract};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::lamps::{DEADLINE, Dim, Lamp, Lit, Look, append};

contract![
    a_step_that_cannot_be_stored_leaves_nothing_and_is_taken_once,
    a_timer_whose_step_cannot_be_stored_is_kept_and_reacted_to_once,
];

/// How often instances have reacted, whatever became of that.
static TRIES: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

fn tries(id: &str) -> u32 {
    let tries = TRIES.lock().expect("nobody panicked");
    tries.get(id).copied().unwrap_or(0)
}

fn tried(id: &str) {
    let mut tries = TRIES.lock().expect("nobody panicked");
    *tries.entry(id.to_owned()).or_default() += 1;
}

/// It is time to dim a lamp again.
#[derive(Event, Serialize, Deserialize)]
#[event("dimmer.again")]
pub(crate) struct Again {}

/// Longer than a test.
const LONG: Duration = Duration::from_secs(3600);

/// Dims lamps, and counts how often it tries.
#[derive(Event, Serialize, Deserialize)]
#[event("dimmer_state")]
pub(crate) struct Dimmer {}

#[process(name = "dimmer")]
impl Dimmer {
    #[key(cx.stream().id())]
    fn lit(_: Option<Self>, event: &Lit, cx: &Recorded, out: &mut Out<Self>) -> Self {
        let lamp = cx.stream().id().to_owned();
        tried(&lamp);
        dim(&lamp, out);
        out.after(Duration::from_millis(event.for_ms), Look { at: lamp });
        Dimmer {}
    }

    fn look(&mut self, timer: &Timer<Look>, out: &mut Out<Self>) {
        tried(&timer.at);
        dim(&timer.at, out);
        out.after(LONG, Again {});
    }

    fn again(&mut self, _: &Timer<Again>, _: &mut Out<Self>) {}
}

fn dim(lamp: &str, out: &mut Out<Dimmer>) {
    let by = lamp.to_owned();
    out.to::<Lamp>(lamp).send_and_forget(Dim { by });
}

/// Something that the database refuses to do.
#[derive(Debug, Clone, Copy)]
struct Refused {
    what: &'static str,
    when: Option<&'static str>,
}

const fn refused(what: &'static str) -> Refused {
    Refused { what, when: None }
}

const EVENTS: Refused = Refused {
    what: "insert on {events}",
    when: Some("new.stream like 'dimmer-%'"),
};

const BY_AN_EVENT: [Refused; 5] = [
    EVENTS,
    refused("insert on {instances}"),
    refused("insert on {timers}"),
    refused("insert on {deliveries}"),
    refused("update of checkpoint on {partitions}"),
];

const BY_A_TIMER: [Refused; 5] = [
    EVENTS,
    refused("update on {instances}"),
    refused("delete on {timers}"),
    refused("insert on {timers}"),
    refused("insert on {deliveries}"),
];

async fn refuse(database: &Database, Refused { what, when }: Refused) {
    let when = when.map_or(String::new(), |when| format!("when ({when})"));
    let sql = match database.is_postgres() {
        true => format!(
            "create function refuse() returns trigger language plpgsql as
                 $$ begin raise exception 'not now'; end $$;
             create trigger refused before {what} for each row {when} execute function refuse()"
        ),
        false => format!(
            "create trigger refused before {what} {when} begin select raise(abort, 'not now'); end"
        ),
    };
    database.sql(&sql).await;
}

async fn allow(database: &Database) {
    let sql = match database.is_postgres() {
        true => "drop function refuse cascade",
        false => "drop trigger refused",
    };
    database.sql(sql).await;
}

fn app(store: &Store) -> App {
    App::new(store.clone())
        .aggregate::<Lamp>()
        .process::<Dimmer>()
        .lease(Duration::from_millis(400))
}

/// Everything that is stored of an instance.
async fn story(app: &App, id: &str) -> Option<Story> {
    operate::show(app, "dimmer", "", id).await.ok()
}

async fn told(app: &App, id: &str, is_so: impl Fn(&Story) -> bool) -> Story {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match story(app, id).await {
            Some(story) if is_so(&story) => return story,
            other => assert!(Instant::now() < deadline, "it stays like that: {other:#?}"),
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Whoever reacts a second time has rolled the first one back.
async fn has_failed(id: &str, before: u32, refused: Refused) {
    let deadline = Instant::now() + DEADLINE;
    while tries(id) < before + 2 {
        assert!(
            Instant::now() < deadline,
            "{refused:?}: a step that was not stored is not taken again"
        );
        sleep(Duration::from_millis(5)).await;
    }
}

fn count(story: &Story, is_it: impl Fn(&What) -> bool) -> usize {
    let entries = story.entries.iter();
    entries.filter(|Entry { what, .. }| is_it(what)).count()
}

/// So many steps with one command and one timer each, of which all commands have arrived and the last timer waits.
fn assert_whole(story: &Story, steps: usize, refused: Refused) {
    let counts = (
        count(story, |what| matches!(what, What::Step { .. })),
        count(story, |what| matches!(what, What::Sent { .. })),
        count(story, |what| matches!(what, What::TimerSet { .. })),
        story.timers.len(),
    );
    assert_eq!(counts, (steps, steps, steps, 1), "{refused:?}: {story:#?}");
}

/// All steps were taken, and all commands have arrived.
fn is_through(steps: usize) -> impl Fn(&Story) -> bool {
    move |story| {
        let steps_taken = count(story, |what| matches!(what, What::Step { .. }));
        steps_taken >= steps && story.pending.is_empty()
    }
}

async fn a_step_that_cannot_be_stored_leaves_nothing_and_is_taken_once(database: &Database) {
    let store = database.store().await;
    let app = app(&store);
    let running = app.start().await.expect("started");
    let for_ms = u64::try_from(LONG.as_millis()).expect("a number");
    let mut lamps = Vec::new();
    for refused in BY_AN_EVENT {
        let lamp = Uuid::now_v7().to_string();
        refuse(database, refused).await;
        append(&store, &lamp, &Lit { for_ms }).await.expect("lit");
        has_failed(&lamp, 0, refused).await;
        let before = story(&app, &lamp).await;
        assert!(before.is_none(), "{refused:?}: {before:#?}");
        allow(database).await;
        told(&app, &lamp, is_through(1)).await;
        lamps.push((lamp, refused));
    }
    // Whoever would take one again has had the time to do so.
    running.stop().await;
    for (lamp, refused) in lamps {
        let story = told(&app, &lamp, |_| true).await;
        assert_whole(&story, 1, refused);
    }
}

async fn a_timer_whose_step_cannot_be_stored_is_kept_and_reacted_to_once(database: &Database) {
    let store = database.store().await;
    let app = app(&store);
    let running = app.start().await.expect("started");
    let for_ms = u64::try_from(LONG.as_millis()).expect("a number");
    let mut lamps = Vec::new();
    for refused in BY_A_TIMER {
        let lamp = Uuid::now_v7().to_string();
        append(&store, &lamp, &Lit { for_ms }).await.expect("lit");
        let before = told(&app, &lamp, is_through(1)).await;
        let tried = tries(&lamp);
        refuse(database, refused).await;
        let due = "update {timers} set due_at = '2020-01-01T00:00:00.000000Z' where instance = ";
        database.sql(&format!("{due}'{lamp}'")).await;
        has_failed(&lamp, tried, refused).await;
        let after = told(&app, &lamp, |_| true).await;
        assert_eq!(
            (after.entries.len(), after.timers.len()),
            (before.entries.len(), 1),
            "{refused:?}: {after:#?}"
        );
        allow(database).await;
        told(&app, &lamp, is_through(2)).await;
        lamps.push((lamp, refused));
    }
    running.stop().await;
    for (lamp, refused) in lamps {
        let story = told(&app, &lamp, |_| true).await;
        assert_whole(&story, 2, refused);
    }
}
