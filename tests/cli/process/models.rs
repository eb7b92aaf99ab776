//! The same process in one release after another, and what it takes to get it stuck.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use annals::__rt::Accepted;
use annals::prelude::*;
use annals::process::{
    Input, OnRejected, OnTimer, Out, Process, ReactTo, Rejected, Timer, begin, go_on,
};
use annals::projection::Failure;
use annals::{Accepts, App, Command};
use annals_tests::{Database, options};
use serde_json::Value;

use crate::run::{Ran, run};
use crate::stored::without_times;

/// How long anything may take that workers do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// An order came in. With 13 cents, the first release does not know what to do.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("order.placed")]
pub(crate) struct Placed {
    pub(crate) order: String,
    pub(crate) till: String,
    pub(crate) cents: i64,
}

/// Somebody said something about an order. The first release does not know what to do about `bad`.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("order.noted")]
pub(crate) struct Noted {
    pub(crate) order: String,
    pub(crate) text: String,
}

/// An order is done.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("order.closed")]
pub(crate) struct Closed {
    pub(crate) order: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "order", events(Placed, Noted, Closed))]
pub(crate) struct Order;

#[aggregate]
impl Order {
    fn placed(&mut self, _: Placed) {}

    fn noted(&mut self, _: Noted) {}

    fn closed(&mut self, _: Closed) {}
}

/// Money came in.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("till.charged")]
pub(crate) struct Charged {
    pub(crate) cents: i64,
}

/// Takes money in.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("till.charge")]
pub(crate) struct Charge {
    pub(crate) cents: i64,
}

/// Why no money is taken.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    TooMuch { limit: i64 },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal::TooMuch { limit } = self;
        write!(f, "no more than {limit} cents are taken")
    }
}

impl std::error::Error for Refusal {}

impl Command for Charge {}

/// The events of a till.
#[derive(Aggregate, Default)]
#[aggregate(name = "drawer", events(Charged))]
pub(crate) struct Drawer;

#[aggregate]
impl Drawer {
    fn charged(&mut self, _: Charged) {}
}

#[derive(Default)]
pub(crate) struct Till;

impl Aggregate for Till {
    const NAME: &'static str = "till";
    type Id = String;
    type Event = <Drawer as Aggregate>::Event;
    // What the macros write of `commands(Charge)`.
    const COMMANDS: &'static [Accepted] = &[Accepted::of::<Till, Charge>()];
    const LOGIC: &'static [Option<&'static str>] = <Drawer as Aggregate>::LOGIC;

    fn evolve(&mut self, _: Self::Event, _: &Recorded) {}
}

impl Accepts<Charge> for Till {}

impl Handle<Charge> for Till {
    type Error = Refusal;

    fn handle(&self, command: Charge, _: &Context) -> Result<Events<Self>, Refusal> {
        // The other tasks of this thread go on.
        tokio::task::block_in_place(|| DOOR.pass(command.cents));
        match command.cents > 1000 {
            true => Err(Refusal::TooMuch { limit: 1000 }),
            false => Ok(Charged {
                cents: command.cents,
            }
            .into()),
        }
    }
}

/// Where amounts are held up on their way into a till.
pub(crate) struct Door {
    held: Mutex<Vec<Held>>,
    opened: Condvar,
}

struct Held {
    cents: i64,
    has_come: bool,
}

pub(crate) static DOOR: Door = Door {
    held: Mutex::new(Vec::new()),
    opened: Condvar::new(),
};

impl Door {
    /// Holds an amount up that no other test has.
    pub(crate) fn hold(&self, cents: i64) {
        let has_come = false;
        self.lock().push(Held { cents, has_come });
    }

    pub(crate) fn let_pass(&self, cents: i64) {
        self.lock().retain(|held| held.cents != cents);
        self.opened.notify_all();
    }

    pub(crate) fn has_come(&self, cents: i64) -> bool {
        let held = self.lock();
        held.iter().any(|held| held.cents == cents && held.has_come)
    }

    fn pass(&self, cents: i64) {
        let mut held = self.lock();
        while let Some(of) = held.iter_mut().find(|held| held.cents == cents) {
            of.has_come = true;
            held = self.opened.wait(held).expect("nobody panicked");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().expect("nobody panicked")
    }
}

/// Somebody is to be reminded. The first release cannot do that.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("order.reminder")]
pub(crate) struct Reminder {
    pub(crate) text: String,
}

impl Reminder {
    fn of(text: &str) -> Self {
        Reminder {
            text: text.to_owned(),
        }
    }
}

/// A release, which does not know what to do in some cases.
macro_rules! release {
    ($release:ident, $is_lost:expr) => {
        pub(crate) mod $release {
            use super::*;

            #[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
            #[event("fulfilment.state")]
            pub(crate) struct Fulfilment {
                till: String,
                notes: Vec<String>,
                refused: bool,
            }

            impl Process for Fulfilment {
                const PROCESS: &'static str = "fulfilment";
                const INPUTS: &'static [Input<Self>] = &[
                    Input::event::<Placed>(),
                    Input::event::<Noted>(),
                    Input::event::<Closed>(),
                    Input::rejected::<Till, Charge>(),
                    Input::timer::<Reminder>(),
                ];
            }

            impl ReactTo<Placed> for Fulfilment {
                fn key(event: &Placed, _: &Recorded) -> Result<String, Failure> {
                    Ok(event.order.clone())
                }

                fn react(
                    state: Option<Self>,
                    event: &Placed,
                    _: &Recorded,
                    out: &mut Out<Self>,
                ) -> Result<Option<Self>, Failure> {
                    begin(state, || {
                        let cents = event.cents;
                        if $is_lost && cents == 13 {
                            return Err("13 cents are bad luck");
                        }
                        out.to::<Till>(event.till.as_str()).send(Charge { cents });
                        out.after(Duration::from_secs(3600), Reminder::of("pay"));
                        Ok(Fulfilment {
                            till: event.till.clone(),
                            notes: Vec::new(),
                            refused: false,
                        })
                    })
                }
            }

            impl ReactTo<Noted> for Fulfilment {
                fn key(event: &Noted, _: &Recorded) -> Result<String, Failure> {
                    Ok(event.order.clone())
                }

                fn react(
                    state: Option<Self>,
                    event: &Noted,
                    _: &Recorded,
                    out: &mut Out<Self>,
                ) -> Result<Option<Self>, Failure> {
                    go_on(state, |state| {
                        match &*event.text {
                            "bad" if $is_lost => return Err("a bad note"),
                            "calm" => out.cancel::<Reminder>(),
                            "now" => out.after(Duration::ZERO, Reminder::of("now")),
                            _ => {}
                        }
                        state.notes.push(event.text.clone());
                        Ok(())
                    })
                }
            }

            impl ReactTo<Closed> for Fulfilment {
                fn key(event: &Closed, _: &Recorded) -> Result<String, Failure> {
                    Ok(event.order.clone())
                }

                fn react(
                    state: Option<Self>,
                    _: &Closed,
                    _: &Recorded,
                    out: &mut Out<Self>,
                ) -> Result<Option<Self>, Failure> {
                    go_on(state, |_| out.finish())
                }
            }

            impl OnRejected<Till, Charge> for Fulfilment {
                fn rejected(
                    mut state: Self,
                    _: &Rejected<Till, Charge>,
                    _: &mut Out<Self>,
                ) -> Result<Self, Failure> {
                    state.refused = true;
                    Ok(state)
                }
            }

            impl OnTimer<Reminder> for Fulfilment {
                fn due(
                    mut state: Self,
                    timer: &Timer<Reminder>,
                    _: &mut Out<Self>,
                ) -> Result<Self, Failure> {
                    if $is_lost {
                        return Err(Failure::new("nobody can be reminded"));
                    }
                    state.notes.push(timer.text.clone());
                    Ok(state)
                }
            }
        }
    };
}

release!(first, true);
release!(mended, false);

/// An app at the address of a database.
pub(crate) fn app<P: Process>(database: &Database) -> App {
    App::new(database.url())
        .options(options())
        .aggregate::<Order>()
        .aggregate::<Till>()
        .process::<P>()
}

/// Runs a command of the app of a release. In what it prints, `TIME` stands for each time.
pub(crate) async fn command<P: Process>(database: &Database, arguments: &[&str]) -> Ran {
    let ran = run(&app::<P>(database), arguments).await;
    Ran {
        out: without_times(&ran.out),
        ..ran
    }
}

/// As [`command`], and answers the document.
pub(crate) async fn asked<P: Process>(database: &Database, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    let ran = run(&app::<P>(database), &arguments).await;
    assert_eq!((ran.code, ran.messages.as_str()), (0, ""), "{ran:?}");
    ran.json()
}

/// Lets the process begin with what happens from now on.
pub(crate) async fn begun(database: &Database) {
    let running = app::<first::Fulfilment>(database).start().await;
    running.expect("it starts").stop().await;
}

/// Lets a release work until a command answers what is wanted.
pub(crate) async fn work<P: Process>(
    database: &Database,
    arguments: &[&str],
    is_done: impl Fn(&Value) -> bool,
) {
    let running = app::<P>(database).start().await.expect("it starts");
    let worked = tokio::time::timeout(PATIENCE, async {
        while !is_done(&asked::<P>(database, arguments).await) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let worked = worked.await;
    running.stop().await;
    if worked.is_err() {
        let now = asked::<P>(database, arguments).await;
        panic!("{arguments:?} answers {now:#}");
    }
}

/// Stores an event of an order.
pub(crate) async fn store(database: &Database, tenant: &str, order: &str, event: NewEvent) {
    let stream = StreamId::new("order", order);
    let append = Append::to(&stream, Expected::Any, [event]);
    let store = database.store().await.tenant(tenant);
    store.append(append).await.expect("stored");
    store.close().await;
}

pub(crate) fn placed(order: &str, till: &str, cents: i64) -> NewEvent {
    NewEvent::of(&Placed {
        order: order.to_owned(),
        till: till.to_owned(),
        cents,
    })
}

pub(crate) fn noted(order: &str, text: &str) -> NewEvent {
    NewEvent::of(&Noted {
        order: order.to_owned(),
        text: text.to_owned(),
    })
}

pub(crate) fn closed(order: &str) -> NewEvent {
    NewEvent::of(&Closed {
        order: order.to_owned(),
    })
}

/// Makes a till whose first event cannot be read, which no command gets past.
pub(crate) async fn break_till(database: &Database, till: &str) {
    let stream = StreamId::new("till", till);
    let event = NewEvent::of(&Charged { cents: 1 });
    let store = database.store().await;
    let append = Append::to(&stream, Expected::NoStream, [event]);
    store.append(append).await.expect("stored");
    store.close().await;
    assert_eq!(edit_till(database, till, "\"?\"").await, 1);
}

/// Makes its first event readable again.
pub(crate) async fn mend_till(database: &Database, till: &str) {
    assert_eq!(edit_till(database, till, "1").await, 1);
}

async fn edit_till(database: &Database, till: &str, cents: &str) -> u64 {
    let json = if database.is_postgres() { "::json" } else { "" };
    let edit = format!(
        "update {{events}} set payload = '{{\"cents\": {cents}}}'{json} where stream = 'till-{till}' and version = 1"
    );
    database.edit(&edit).await
}

/// How often money came into a till.
pub(crate) async fn charges(database: &Database, till: &str) -> i64 {
    let query = format!(
        "select count(*) from {{events}} where stream = 'till-{till}' and event_type = 'till.charged'"
    );
    database.number(&query).await
}

/// Whether each command of all instances was accepted or refused, or waits for an operator, and so many of them do.
pub(crate) fn is_parked(instances: u64) -> impl Fn(&Value) -> bool {
    move |shown| {
        let listed = shown["instances"].as_array().into_iter().flatten();
        let listed = listed.chain(shown["not_begun"].as_array().into_iter().flatten());
        listed.filter(|of| of["parked"] != 0).count() as u64 == instances
    }
}

/// Orders that are all stuck with the first release: the till of `18` is broken, `19` has a note that is not understood
/// and one behind it, the timer of `20` fails, and `21` cannot begin. Nothing is wrong with `17`.
pub(crate) async fn stuck(database: &Database) {
    begun(database).await;
    break_till(database, "broken").await;
    store(database, "", "17", placed("17", "main", 500)).await;
    store(database, "", "18", placed("18", "broken", 500)).await;
    store(database, "", "19", placed("19", "main", 500)).await;
    store(database, "", "19", noted("19", "bad")).await;
    store(database, "", "19", noted("19", "behind")).await;
    store(database, "", "20", placed("20", "main", 500)).await;
    store(database, "", "20", noted("20", "now")).await;
    store(database, "", "21", placed("21", "main", 13)).await;
    work::<first::Fulfilment>(database, &["process", "list"], |shown| {
        let main = ["17", "19", "20"];
        let instances = shown["instances"].as_array().expect("a list");
        let mut of_main = instances
            .iter()
            .filter(|of| main.contains(&of["id"].as_str().expect("an id")));
        is_parked(4)(shown) && of_main.all(|of| of["pending"] == 0)
    })
    .await;
}
