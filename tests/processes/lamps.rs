//! Lamps, and a process that looks after them.

use std::time::Duration;

use annals::prelude::*;
use annals::process::operate::{self, Entry, Instances, Story, What};
use annals::{App, Error};
use tokio::time::{Instant, sleep};

use crate::held::HELD;

/// What is waited for happens within this time, or not at all.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("lamp.lit")]
pub(crate) struct Lit {
    pub(crate) for_ms: u64,
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("lamp.smoked")]
pub(crate) struct Smoked {
    pub(crate) lamp: String,
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("lamp.dimmed")]
pub(crate) struct Dimmed {
    pub(crate) by: String,
}

#[derive(Command, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[command("lamp.dim")]
pub(crate) struct Dim {
    pub(crate) by: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "lamp", events(Lit, Dimmed), commands(Dim))]
pub(crate) struct Lamp {
    is_dimmed: bool,
}

#[aggregate]
impl Lamp {
    fn lit(&mut self, _: Lit) {}

    fn dimmed(&mut self, _: Dimmed) {
        self.is_dimmed = true;
    }

    fn dim(&self, command: Dim) -> Result<Dimmed, String> {
        // The other tasks of this thread go on.
        tokio::task::block_in_place(|| HELD.pass(&command.by));
        match self.is_dimmed {
            true => Err("it is dimmed".to_owned()),
            false => Ok(Dimmed { by: command.by }),
        }
    }
}

/// It is time to look at a lamp.
#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("keeper.look")]
pub(crate) struct Look {
    pub(crate) at: String,
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("keeper_state")]
pub(crate) struct Keeper {
    pub(crate) looks: u32,
    pub(crate) smokes: u32,
    pub(crate) refusals: u32,
}

#[process(name = "lamp-keeper", partitions = 4)]
impl Keeper {
    #[key(cx.stream().id())]
    fn lit(event: &Lit, cx: &Recorded, out: &mut Out<Self>) -> Self {
        let at = cx.stream().id().to_owned();
        out.after(Duration::from_millis(event.for_ms), Look { at });
        Keeper {
            looks: 0,
            smokes: 0,
            refusals: 0,
        }
    }

    #[key(event.lamp)]
    fn smoked(&mut self, event: &Smoked, out: &mut Out<Self>) -> Result<(), String> {
        if self.smokes == 2 {
            return Err("three smokes are too many".to_owned());
        }
        self.smokes += 1;
        let by = out.id().to_owned();
        out.to::<Lamp>(event.lamp.as_str()).send(Dim { by });
        Ok(())
    }

    fn refused(&mut self, refused: &Rejected<Lamp, Dim>) {
        assert_eq!(refused.reason(), "it is dimmed");
        self.refusals += 1;
    }

    fn look(&mut self, timer: &Timer<Look>, out: &mut Out<Self>) {
        assert_eq!(timer.at, out.id());
        self.looks += 1;
    }
}

/// The lamps on a store, or at its address.
pub(crate) fn lamps(source: impl Into<annals::StoreSource>) -> App {
    App::new(source)
        .aggregate::<Lamp>()
        .event::<Smoked>()
        .process::<Keeper>()
        .lease(Duration::from_millis(400))
}

pub(crate) async fn append<E: Event>(store: &Store, lamp: &str, event: &E) -> Result<(), Error> {
    let stream = StreamId::new("lamp", lamp);
    let append = Append::to(&stream, Expected::Any, [NewEvent::of(event)]);
    store.append(append).await.map(drop)
}

/// Something that happens to no stream of a lamp.
pub(crate) async fn smoke(store: &Store, lamp: &str) -> Result<(), Error> {
    let stream = StreamId::new("nose", "1");
    let smoked = Smoked {
        lamp: lamp.to_owned(),
    };
    let append = Append::to(&stream, Expected::Any, [NewEvent::of(&smoked)]);
    store.append(append).await.map(drop)
}

pub(crate) async fn story(app: &App, tenant: &str, id: &str) -> Option<Story> {
    operate::show(app, "lamp-keeper", tenant, id).await.ok()
}

/// The story, as soon as it is as it should be.
pub(crate) async fn told(app: &App, id: &str, is_so: impl Fn(&Story) -> bool) -> Story {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let story = story(app, "", id).await;
        match story {
            Some(story) if is_so(&story) => return story,
            other => assert!(Instant::now() < deadline, "it stays like that: {other:#?}"),
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// What an instance reacted to, in order.
pub(crate) fn inputs(story: &Story) -> Vec<&str> {
    let inputs = story.entries.iter().filter_map(|entry| match &entry.what {
        What::Step { input, .. } => Some(input.as_str()),
        _ => None,
    });
    inputs.collect()
}

/// The state after the last step.
pub(crate) fn state(story: &Story) -> Keeper {
    let is_step = |entry: &&Entry| matches!(entry.what, What::Step { .. });
    let last = story.entries.iter().rfind(is_step).expect("a step");
    let state = last.event.decode().expect("it reads back");
    state.expect("a state")
}

pub(crate) async fn all(app: &App) -> Vec<operate::ListedInstance> {
    let all = operate::list(app, &Instances::default(), 1000).await;
    all.expect("listed")
}
