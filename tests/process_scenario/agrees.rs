//! What a store keeps of a process at random is what a scenario says of it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use annals::process::operate::{self, Story, What};
use annals::testing::{ManualClock, ProcessScenario};
use annals::{
    App, Append, Clock, Error, Event, Expected, NewEvent, Position, RecordedEvent, Running, Store,
    StreamId, projection,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::time::{Instant, sleep};

use crate::puppet::{
    Act, Hit, Kick, Napped, Poke, Pulled, Puppet, Started, Struck, TooHard, Waited, Wall, beginning,
};
use crate::{pulled, started};

const CASES: u32 = 48;

/// What is waited for happens within this time, or not at all.
const DEADLINE: Duration = Duration::from_secs(60);

/// What is done to a puppet once it was started.
#[derive(Debug, Clone)]
enum Call {
    Pull,
    Pass(u64),
}

/// A store in which a puppet is at work, and its clock.
struct Stage {
    app: App,
    running: Running,
    clock: ManualClock,
}

impl Stage {
    async fn new() -> Result<Self, Error> {
        let clock = ManualClock::at(beginning());
        let options = Store::options().clock(clock.clone());
        let store = options.connect("sqlite::memory:").await?;
        let app = App::new(store)
            .event::<Started>()
            .event::<Pulled>()
            .aggregate::<Wall>()
            .process::<Puppet>()
            // Longer than a case takes by its own clock.
            .lease(Duration::from_secs(1 << 20));
        let running = app.start().await?;
        Ok(Stage {
            app,
            running,
            clock,
        })
    }

    async fn append<E: Event>(&self, id: &str, event: &E) -> Result<Position, Error> {
        let stream = StreamId::new("hand", id);
        let append = Append::to(&stream, Expected::Any, [NewEvent::of(event)]);
        let receipt = self.running.store().append(append).await?;
        Ok(receipt.position().expect("an event"))
    }

    /// Waits until nothing happens any more that the clock does not bring.
    async fn rest(&self) -> Result<(), Error> {
        let deadline = Instant::now() + DEADLINE;
        let mut before = Position::new(0);
        loop {
            // It concerns nobody, and the timers that are due are looked at with it.
            let last = self.append("nobody", &pulled()).await?;
            if last.get() == before.get() + 1 && self.pending().await? == 0 {
                return Ok(());
            }
            while self.checkpoint().await? < last || self.pending().await? > 0 {
                assert!(Instant::now() < deadline, "the store comes to no rest");
                sleep(Duration::from_millis(1)).await;
            }
            before = last;
        }
    }

    async fn checkpoint(&self) -> Result<Position, Error> {
        let all = projection::status::list(&self.app, Some("puppet")).await?;
        let partition = all.iter().flat_map(|of| &of.partitions).next();
        let partition = partition.expect("the process is at work");
        assert_eq!(partition.stopped, None);
        Ok(partition.checkpoint)
    }

    async fn pending(&self) -> Result<u64, Error> {
        let all = operate::list(&self.app, &operate::Instances::default(), 10).await?;
        assert!(all.iter().all(|of| of.parked == 0), "{all:?}");
        Ok(all.iter().map(|of| of.pending).sum())
    }

    /// Lets time pass, from one timer to the next.
    async fn pass(&self, millis: u64) -> Result<(), Error> {
        let until = self.clock.now() + TimeDelta::milliseconds(millis.cast_signed());
        loop {
            let timers = operate::timers(&self.app, None, 1).await?;
            let Some(timer) = timers.timers.first().filter(|timer| timer.due_at <= until) else {
                break;
            };
            self.clock.set(timer.due_at.max(self.clock.now()));
            self.rest().await?;
        }
        self.clock.set(until);
        Ok(())
    }

    /// What reaches the puppet through the feed, in order.
    async fn inputs(&self) -> Result<VecDeque<RecordedEvent>, Error> {
        let mut inputs = VecDeque::new();
        let mut after = Position::new(0);
        loop {
            let page = self.running.store().feed().after(after).read().await?;
            let is_end = page.is_end();
            after = page.checkpoint();
            inputs.extend(page.into_events().into_iter().filter(|event| {
                let recorded = event.recorded();
                match recorded.event_type() {
                    Started::NAME | Struck::NAME => true,
                    "annals.refused" => refused(event).command != Poke::NAME,
                    Pulled::NAME => recorded.stream().id() == "ann",
                    _ => false,
                }
            }));
            if is_end {
                return Ok(inputs);
            }
        }
    }
}

/// What a store keeps of a puppet, by what it reacted to and by what is in its stream.
async fn stored(
    steps: &[Vec<Act>],
    calls: &[Call],
) -> Result<(VecDeque<RecordedEvent>, Story), Error> {
    let stage = Stage::new().await?;
    let steps: Vec<&[Act]> = steps.iter().map(Vec::as_slice).collect();
    stage.append("ann", &started("ann", &steps)).await?;
    stage.rest().await?;
    for call in calls {
        match call {
            Call::Pull => {
                stage.append("ann", &pulled()).await?;
                stage.rest().await?;
            }
            Call::Pass(millis) => stage.pass(*millis).await?,
        }
    }
    let inputs = stage.inputs().await?;
    let story = operate::show(&stage.app, "puppet", "", "ann").await?;
    stage.running.stop().await;
    Ok((inputs, story))
}

/// A step as the stream of the instance holds it.
struct Step {
    input: String,
    is_timer: bool,
    at: DateTime<Utc>,
    state: Puppet,
    cancelled: Vec<String>,
    is_last: bool,
    sent: Vec<(String, RecordedEvent)>,
    set: Vec<(RecordedEvent, DateTime<Utc>)>,
}

fn steps(story: Story) -> VecDeque<Step> {
    let mut steps: VecDeque<Step> = VecDeque::new();
    for entry in story.entries {
        let step = steps.back_mut();
        match entry.what {
            What::Step {
                input,
                from,
                cancelled,
                is_last,
                ..
            } => steps.push_back(Step {
                input,
                is_timer: from.is_none(),
                at: entry.event.recorded().recorded_at(),
                state: decoded(&entry.event),
                cancelled,
                is_last,
                sent: Vec::new(),
                set: Vec::new(),
            }),
            What::Sent { to, .. } => step.expect("a step").sent.push((to, entry.event)),
            What::TimerSet { due_at } => {
                let set = &mut step.expect("a step").set;
                let name = entry.event.recorded().event_type();
                set.retain(|(other, _)| other.recorded().event_type() != name);
                set.push((entry.event, due_at));
            }
            What::Accepted { .. } | What::Refused { .. } => {}
            other => panic!("a puppet stores nothing like {other:?}"),
        }
    }
    steps
}

fn decoded<E: Event>(event: &RecordedEvent) -> E {
    let decoded = event.decode::<E>().expect("it reads back");
    decoded.expect("it is of this type")
}

/// How often which kind of step was compared.
#[derive(Debug, Default)]
struct Compared {
    events: usize,
    refusals: usize,
    timers: usize,
    ignored: usize,
}

/// Takes the same steps in a scenario, which has to find the same.
fn agree(mut inputs: VecDeque<RecordedEvent>, mut steps: VecDeque<Step>, compared: &mut Compared) {
    let (mut scenario, mut now) = (ProcessScenario::<Puppet>::new(), beginning());
    while let Some(step) = steps.pop_front() {
        let span = (step.at - now).to_std().expect("time passes");
        now = step.at;
        let mut of_one_time = vec![step];
        if of_one_time[0].is_timer {
            let others = steps.iter();
            let others = others.take_while(|next| next.is_timer && next.at == now);
            let others = others.count();
            of_one_time.extend(steps.drain(..others));
            compared.timers += of_one_time.len();
            scenario = scenario.advance(span);
        } else {
            if !span.is_zero() {
                scenario = scenario.advance(span).then_ignores();
            }
            let input = inputs.pop_front().expect("what the process reacted to");
            match of_one_time[0].input.ends_with("refused") {
                true => compared.refusals += 1,
                false => compared.events += 1,
            }
            scenario = take(scenario, &of_one_time[0].input, &input);
        }
        let last = of_one_time.last().map(|step| step.state.clone());
        scenario = found(scenario, of_one_time)
            .then_nothing_more()
            .then_state(|state| assert_eq!(Some(state), last.as_ref()));
    }
    for input in inputs {
        compared.ignored += 1;
        let name = match input.recorded().event_type() {
            "annals.refused" => format!("{} refused", refused(&input).command),
            name => name.to_owned(),
        };
        scenario = take(scenario, &name, &input).then_ignores();
    }
}

fn refused(input: &RecordedEvent) -> annals::process::Refused {
    decoded(input)
}

/// Lets the scenario react to what the process reacted to.
fn take(
    scenario: ProcessScenario<Puppet>,
    name: &str,
    input: &RecordedEvent,
) -> ProcessScenario<Puppet> {
    let stream = input.recorded().stream();
    let wall = || {
        let refused = refused(input);
        let wall = refused.stream.trim_start_matches("wall-").to_owned();
        (wall.clone(), TooHard { wall })
    };
    match name {
        Started::NAME => scenario.when_from(stream, &decoded::<Started>(input)),
        Pulled::NAME => scenario.when_from(stream, &decoded::<Pulled>(input)),
        Struck::NAME => scenario.when_from(stream, &decoded::<Struck>(input)),
        "wall.hit refused" => {
            let (wall, reason) = wall();
            scenario.when_rejected_by::<Wall, Hit>(wall, reason)
        }
        "wall.kick refused" => {
            let (wall, reason) = wall();
            scenario.when_rejected_by::<Wall, Kick>(wall, reason)
        }
        other => panic!("a puppet does not react to {other}"),
    }
}

/// Demands of the scenario what the store has of these steps.
fn found(mut scenario: ProcessScenario<Puppet>, steps: Vec<Step>) -> ProcessScenario<Puppet> {
    for step in steps {
        for (to, command) in &step.sent {
            let wall = to.trim_start_matches("wall-");
            scenario = match command.recorded().event_type() {
                Hit::NAME => scenario.then_sends::<Wall, _>(wall, decoded::<Hit>(command)),
                Kick::NAME => scenario.then_sends::<Wall, _>(wall, decoded::<Kick>(command)),
                _ => scenario.then_sends::<Wall, _>(wall, decoded::<Poke>(command)),
            };
        }
        // The last step ends all timers.
        for (timer, due_at) in step.set.iter().filter(|_| !step.is_last) {
            scenario = match timer.recorded().event_type() {
                Waited::NAME => scenario.then_sets_at(decoded::<Waited>(timer), *due_at),
                _ => scenario.then_sets_at(decoded::<Napped>(timer), *due_at),
            };
        }
        for name in &step.cancelled {
            scenario = match &**name {
                Waited::NAME => scenario.then_cancels::<Waited>(),
                _ => scenario.then_cancels::<Napped>(),
            };
        }
        if step.is_last {
            scenario = scenario.then_finishes();
        }
    }
    scenario
}

/// Acts without commands, some of which set timers that are due at once.
fn of_timers() -> impl Strategy<Value = Act> {
    let note = || prop_oneof![Just("a".to_owned()), Just("b".to_owned())];
    prop_oneof![
        3 => (0_u64..4, note()).prop_map(|(seconds, note)| Act::Wait { millis: seconds * 1000, note }),
        2 => (-1_i64..20, note()).prop_map(|(seconds, note)| Act::WaitUntil { millis: seconds * 1000, note }),
        3 => (0_u64..4).prop_map(|seconds| Act::Nap { millis: seconds * 1000 }),
        1 => of_others(),
    ]
}

/// Acts without timers that are due at once, of which nobody knows whether they are looked at before the answer to a
/// command.
fn of_commands() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => any::<bool>().prop_map(|is_hard| Act::Hit { wall: 0, is_hard }),
        2 => any::<bool>().prop_map(|is_hard| Act::Kick { wall: 0, is_hard }),
        1 => any::<bool>().prop_map(|is_hard| Act::Poke { wall: 0, is_hard }),
        2 => (1_u64..4).prop_map(|seconds| Act::Wait { millis: seconds * 1000, note: String::new() }),
        2 => (1_u64..4).prop_map(|seconds| Act::Nap { millis: seconds * 1000 }),
        1 => of_others(),
    ]
}

fn of_others() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::StopWaiting),
        4 => Just(Act::StopNapping),
        1 => Just(Act::Finish),
    ]
}

/// What a puppet does, step by step. No two of its commands go to the same wall, so that each can be named by it.
fn acts() -> impl Strategy<Value = Vec<Vec<Act>>> {
    let timers = vec(vec(of_timers(), 0..4), 4..16);
    let commands = vec(vec(of_commands(), 0..5), 4..16);
    prop_oneof![timers.boxed(), commands.boxed()].prop_map(|mut steps| {
        let mut walls = 0..;
        for acts in &mut steps {
            for act in &mut *acts {
                if let Act::Hit { wall, .. } | Act::Kick { wall, .. } | Act::Poke { wall, .. } = act
                {
                    *wall = walls.next().expect("there are many");
                }
            }
            // The stream does not tell which of the two came last.
            let sets = acts.clone();
            acts.retain(|act| match act {
                Act::StopWaiting => !sets
                    .iter()
                    .any(|set| matches!(set, Act::Wait { .. } | Act::WaitUntil { .. })),
                Act::StopNapping => !sets.iter().any(|set| matches!(set, Act::Nap { .. })),
                _ => true,
            });
        }
        steps
    })
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        Just(Call::Pull),
        (1_u64..8).prop_map(|halves| Call::Pass(halves * 500)),
    ];
    vec(call, 4..16)
}

#[test]
fn a_scenario_takes_the_steps_that_a_store_takes() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let compared = RefCell::new(Compared::default());
    TestRunner::new(config)
        .run(&(acts(), calls()), |(acts, calls)| {
            let (inputs, story) = runtime
                .block_on(stored(&acts, &calls))
                .expect("the store takes it");
            agree(inputs, steps(story), &mut compared.borrow_mut());
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let compared = compared.into_inner();
    let Compared {
        events,
        refusals,
        timers,
        ..
    } = compared;
    assert!(
        [events, refusals, timers].iter().all(|of| *of > 0),
        "the cases show little: {compared:?}"
    );
}
