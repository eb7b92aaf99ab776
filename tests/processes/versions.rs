//! Releases that react to other things.

use std::time::Duration;

use annals::process::operate::{self, Story};
use annals::{App, ErrorKind, Store};
use annals_tests::{Database, contract};

use crate::lamps::{Lamp, Lit, Smoked, append, smoke};

contract![
    a_newer_version_takes_over_where_the_older_one_stands,
    the_same_version_cannot_react_to_something_else,
    partitions_stay,
];

/// Releases of one process.
macro_rules! release {
    ($name:ident, [$($setting:tt)*], { $($method:item)* }) => {
        pub(super) mod $name {
            use annals::prelude::*;
            #[allow(unused_imports, reason = "not every release reacts to it")]
            use crate::lamps::{Lit, Smoked};

            #[derive(Event, Serialize, Deserialize)]
            #[event("watch_state")]
            pub(crate) struct Watch {
                pub(crate) seen: Vec<String>,
            }

            #[process($($setting)*)]
            impl Watch {
                #[key("all")]
                fn lit(state: Option<Self>, _: &Lit) -> Self {
                    let mut state = state.unwrap_or(Watch { seen: Vec::new() });
                    state.seen.push(format!("lit, by {}", stringify!($name)));
                    state
                }

                $($method)*
            }
        }
    };
}

release!(first, [name = "lamp-watch"], {});
release!(second, [name = "lamp-watch", version = 2], {
    #[key("all")]
    fn smoked(&mut self, _: &Smoked) {
        self.seen.push("smoked, by second".to_owned());
    }
});
release!(unraised, [name = "lamp-watch"], {
    #[key("all")]
    fn smoked(&mut self, _: &Smoked) {
        self.seen.push("smoked, by unraised".to_owned());
    }
});
release!(
    other_partitions,
    [name = "lamp-watch", version = 2, partitions = 3],
    {}
);

fn app<P: annals::process::Process>(store: Store) -> App {
    App::new(store)
        .aggregate::<Lamp>()
        .event::<Smoked>()
        .process::<P>()
        .lease(Duration::from_millis(400))
}

async fn seen(app: &App, count: usize) -> Vec<String> {
    let deadline = tokio::time::Instant::now() + crate::lamps::DEADLINE;
    loop {
        let story = operate::show(app, "lamp-watch", "", "all").await.ok();
        let seen = story.as_ref().map(state).unwrap_or_default();
        if seen.len() >= count {
            return seen;
        }
        assert!(tokio::time::Instant::now() < deadline, "{seen:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn state(story: &Story) -> Vec<String> {
    let last = story.entries.last().expect("a step");
    let state = last.event.decode::<first::Watch>().expect("it reads back");
    state.expect("a state").seen
}

const LIT: Lit = Lit { for_ms: 0 };

async fn a_newer_version_takes_over_where_the_older_one_stands(database: &Database) {
    let store = database.store().await;
    let older = app::<first::Watch>(store.clone());
    let of_older = older.start().await.expect("started");
    append(&store, "1", &LIT).await.expect("lit");
    assert_eq!(seen(&older, 1).await, ["lit, by first"]);
    // The older release has seen it, and does not react to it.
    smoke(&store, "1").await.expect("smoked");
    append(&store, "2", &LIT).await.expect("lit");
    seen(&older, 2).await;

    let newer = app::<second::Watch>(database.store().await);
    let of_newer = newer.start().await.expect("started");
    append(&store, "3", &LIT).await.expect("lit");
    smoke(&store, "3").await.expect("smoked");
    let expected = [
        "lit, by first",
        "lit, by first",
        "lit, by second",
        "smoked, by second",
    ];
    assert_eq!(seen(&newer, 4).await, expected);
    // The older release may still run, and start, and takes no part.
    of_older.stop().await;
    let of_older = older.start().await.expect("started");
    append(&store, "4", &LIT).await.expect("lit");
    assert_eq!(seen(&newer, 5).await[4], "lit, by second");
    of_older.stop().await;
    of_newer.stop().await;
}

async fn the_same_version_cannot_react_to_something_else(database: &Database) {
    let store = database.store().await;
    let running = app::<first::Watch>(store.clone()).start().await;
    running.expect("started").stop().await;
    let error = app::<unraised::Watch>(store).start().await;
    let error = error.expect_err("it reacts to something else");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert_eq!(
        error.to_string(),
        "process `lamp-watch` version 1 reacts to other events than it does where it is at work"
    );
    let hint = "make it `version = 2`: the new release then takes over where the old one stands";
    assert_eq!(error.hint(), Some(hint));
}

async fn partitions_stay(database: &Database) {
    let store = database.store().await;
    let running = app::<first::Watch>(store.clone()).start().await;
    running.expect("started").stop().await;
    let error = app::<other_partitions::Watch>(store).start().await;
    let error = error.expect_err("it has other partitions");
    assert_eq!(
        error.to_string(),
        "process `lamp-watch` is declared with 3 partitions, and is at work with 1"
    );
    assert_eq!(error.hint(), Some("write `partitions = 1`"));
}
