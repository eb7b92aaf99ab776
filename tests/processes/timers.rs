//! Timers fire once, whoever is there to react, and whatever time that one thinks it is.

use std::time::Duration;

use annals::process::operate::What;
use annals::{Clock, StoreOptions};
use annals_tests::{Database, contract, options};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep};

use crate::lamps::{DEADLINE, Lit, Look, all, append, inputs, lamps, state, told};

contract![
    timers_fire_once_while_workers_come_and_go,
    timers_outlast_a_time_without_workers,
    an_instance_reacts_to_its_timer_once,
];

/// A clock that is off.
struct Off(TimeDelta);

impl Clock for Off {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "it is a clock")]
        let now = std::time::SystemTime::now();
        DateTime::<Utc>::from(now) + self.0
    }
}

/// Workers of a database whose machines do not agree on the time. In SQLite all are on one machine.
fn clocks(database: &Database) -> [StoreOptions; 3] {
    let minutes = match database.is_postgres() {
        true => [0, 7, -7],
        false => [0; 3],
    };
    minutes.map(|minutes| options().clock(Off(TimeDelta::minutes(minutes))))
}

const LAMPS: usize = 60;

async fn timers_fire_once_while_workers_come_and_go(database: &Database) {
    let store = database.store().await;
    let mut workers = Vec::new();
    for options in clocks(database) {
        let app = lamps(database.open(options).await);
        workers.push((app.start().await.expect("started"), app));
    }
    for lamp in 0..LAMPS {
        let for_ms = 200 + 20 * (lamp as u64);
        let lit = Lit { for_ms };
        append(&store, &lamp.to_string(), &lit).await.expect("lit");
    }
    let looking = lamps(store);
    let deadline = Instant::now() + DEADLINE;
    let mut turn = 0;
    loop {
        let instances = all(&looking).await;
        let done = instances.iter().filter(|of| of.steps >= 2).count();
        if done == LAMPS {
            break;
        }
        assert!(Instant::now() < deadline, "{done} of {LAMPS} fired");
        sleep(Duration::from_millis(150)).await;
        // It is dropped in the middle of its work, and another one comes.
        let (gone, app) = workers.remove(turn % 2);
        drop(gone);
        workers.push((app.start().await.expect("started"), app));
        turn += 1;
    }
    // Whoever would fire one again has had the time to do so.
    for (running, _) in workers {
        running.stop().await;
    }
    for lamp in 0..LAMPS {
        let story = told(&looking, &lamp.to_string(), |_| true).await;
        assert_eq!(inputs(&story), ["lamp.lit", "keeper.look"], "{story:#?}");
        assert!(story.timers.is_empty());
        let due_at = story.entries.iter().find_map(|entry| match entry.what {
            What::TimerSet { due_at } => Some(due_at),
            _ => None,
        });
        let last = story.entries.last().expect("a step");
        let after = last.event.recorded().recorded_at() - due_at.expect("a timer");
        assert!(after >= TimeDelta::zero(), "{after} too early");
        assert!(after < TimeDelta::minutes(2), "{after} too late");
    }
}

async fn timers_outlast_a_time_without_workers(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    append(&store, "1", &Lit { for_ms: 300 })
        .await
        .expect("lit");
    let story = told(&app, "1", |story| !story.timers.is_empty()).await;
    running.stop().await;
    let due_at = story.timers[0].due_at;
    let deadline = Instant::now() + DEADLINE;
    // Nobody is there when it is due.
    while annals::process::operate::timers(&app, None, 9)
        .await
        .expect("listed")
        .now
        <= due_at
    {
        assert!(Instant::now() < deadline);
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(inputs(&told(&app, "1", |_| true).await), ["lamp.lit"]);
    let running = app.start().await.expect("started");
    let story = told(&app, "1", |story| inputs(story).len() > 1).await;
    assert_eq!(state(&story).looks, 1);
    running.stop().await;
}

async fn an_instance_reacts_to_its_timer_once(database: &Database) {
    let store = database.store().await;
    let app = lamps(store.clone());
    let running = app.start().await.expect("started");
    append(&store, "1", &Lit { for_ms: 50 }).await.expect("lit");
    append(&store, "2", &Lit { for_ms: 50 }).await.expect("lit");
    for id in ["1", "2"] {
        told(&app, id, |story| inputs(story).len() > 1).await;
    }
    running.stop().await;
    for id in ["1", "2"] {
        let story = told(&app, id, |_| true).await;
        // One that is left would be reacted to again.
        assert!(story.timers.is_empty(), "{story:#?}");
        let set = story.entries.iter();
        let set = set.filter(|entry| entry.event.decode::<Look>().ok().flatten().is_some());
        assert_eq!(set.count(), 1);
        assert_eq!(state(&story).looks, 1);
    }
}
