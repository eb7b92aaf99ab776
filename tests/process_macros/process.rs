//! What becomes of the methods of a process.

use std::time::Duration;

use annals::prelude::*;
use annals::process::ReactTo;
use annals::testing::ProcessScenario;

#[derive(Event, Serialize, Deserialize, PartialEq, Debug)]
#[event("order.placed")]
struct Placed {
    order: u32,
    cents: u32,
}

#[derive(Event, Serialize, Deserialize, PartialEq, Debug)]
#[event("order.noted")]
struct Noted {
    orders: (u32, String),
}

#[derive(Event, Serialize, Deserialize, PartialEq, Debug)]
#[event("payment.taken")]
struct Taken {
    cents: u32,
}

#[derive(Event, Serialize, Deserialize, PartialEq, Debug)]
#[event("payment.timed_out")]
struct TimedOut {
    after: u64,
}

#[derive(Command, Clone, Serialize, Deserialize, PartialEq, Debug)]
#[command("payment.charge")]
struct Charge {
    cents: u32,
}

#[derive(Aggregate, Default)]
#[aggregate(events(Taken), commands(Charge))]
struct Payment;

#[aggregate]
impl Payment {
    fn taken(&mut self, _: Taken) {}

    fn charge(&self, command: Charge) -> Result<Taken, String> {
        let cents = command.cents;
        Ok(Taken { cents })
    }
}

#[derive(Event, Serialize, Deserialize, PartialEq, Debug)]
#[event("fulfilment.stepped")]
struct Fulfilment {
    cents: u32,
    heard: Vec<String>,
}

impl Fulfilment {
    fn of(cents: u32) -> Self {
        let heard = Vec::new();
        Fulfilment { cents, heard }
    }
}

#[process(name = "order-fulfilment", version = 3, partitions = 4)]
impl Fulfilment {
    #[key(event.order + 1)]
    fn placed(event: &Placed, out: &mut Out<Self>) -> Result<Self, String> {
        if event.cents == 0 {
            return Err("nothing to pay".to_owned());
        }
        out.to::<Payment>("p").send(Charge { cents: event.cents });
        out.after(Duration::from_secs(60), TimedOut { after: 60 });
        Ok(Fulfilment::of(event.cents))
    }

    #[key(at.stream().id())]
    fn taken(&mut self, event: &Taken, at: &Recorded) -> Result<(), String> {
        self.heard
            .push(format!("{} in {}", event.cents, at.stream()));
        match self.cents.checked_sub(event.cents) {
            Some(cents) => self.cents = cents,
            None => return Err("too much".to_owned()),
        }
        Ok(())
    }

    #[key(format_args!("{order}/{by}"))]
    fn noted(
        state: Option<Self>,
        Noted {
            orders: (order, by),
        }: &Noted,
    ) -> Self {
        let mut state = state.unwrap_or_else(|| Fulfilment::of(*order));
        state.heard.push(by.clone());
        state
    }

    fn refused(&mut self, refused: &Rejected<Payment, Charge>, out: &mut Out<Self>) {
        let cents = refused.command().cents;
        self.heard.push(format!("{} of {cents}", refused.reason()));
        out.cancel::<TimedOut>();
    }

    fn timed_out(&mut self, timer: &Timer<TimedOut>) -> Result<(), String> {
        match self.heard.is_empty() {
            true => Err(format!("nothing heard for {}", timer.after)),
            false => Ok(()),
        }
    }

    #[cfg(any())]
    #[key(event.absent)]
    fn absent(&mut self, event: &Absent) {}
}

fn placed(cents: u32) -> Placed {
    Placed { order: 16, cents }
}

fn scenario() -> ProcessScenario<Fulfilment> {
    ProcessScenario::new().id("17")
}

/// The stream whose id is the instance's.
fn payment() -> StreamId {
    StreamId::new("payment", "17")
}

#[test]
fn the_table_holds_each_method_that_is_there() {
    assert_eq!(Fulfilment::PROCESS, "order-fulfilment");
    assert_eq!(
        (Fulfilment::PROCESS_VERSION, Fulfilment::PARTITIONS),
        (3, 4)
    );
    assert_eq!(Fulfilment::INPUTS.len(), 5);
}

#[tokio::test]
async fn keys_are_what_the_expressions_say() {
    let store = Store::connect("sqlite::memory:").await.expect("a store");
    let taken = Taken { cents: 1 };
    store
        .append(Append::to(
            &payment(),
            Expected::Any,
            [NewEvent::of(&taken)],
        ))
        .await
        .expect("an append");
    let page = store.feed().read().await.expect("a page");
    let cx = page.events()[0].recorded();
    let text = |key: Result<String, annals::projection::Failure>| {
        key.map_err(|failure| failure.to_string())
    };

    assert_eq!(text(Fulfilment::key(&placed(1), cx)), Ok("17".to_owned()));
    assert_eq!(text(Fulfilment::key(&taken, cx)), Ok("17".to_owned()));
    let noted = Noted {
        orders: (17, "ann".to_owned()),
    };
    assert_eq!(text(Fulfilment::key(&noted, cx)), Ok("17/ann".to_owned()));
}

#[test]
fn a_method_without_self_starts_an_instance_and_says_why_it_cannot() {
    scenario()
        .when(&placed(5))
        .then_sends::<Payment, _>("p", Charge { cents: 5 })
        .then_sets(TimedOut { after: 60 }, Duration::from_secs(60))
        .then_state(|state| assert_eq!(*state, Fulfilment::of(5)))
        .then_nothing_more();
    scenario().when(&placed(0)).then_fails("nothing to pay");
    scenario()
        .given(&placed(5))
        .when(&placed(5))
        .then_fails("starts an instance, and there is one already");
}

#[test]
fn a_method_with_self_goes_on_and_passes_over_what_concerns_no_instance() {
    scenario()
        .when_from(&payment(), &Taken { cents: 2 })
        .then_ignores();
    scenario()
        .given(&placed(5))
        .when_from(&payment(), &Taken { cents: 2 })
        .then_state(|state| {
            assert_eq!(state.cents, 3);
            assert_eq!(state.heard, ["2 in payment-17"]);
        });
    scenario()
        .given(&placed(5))
        .when_from(&payment(), &Taken { cents: 6 })
        .then_fails("too much");
}

#[test]
fn a_method_with_a_state_that_may_be_there_does_both() {
    let noted = Noted {
        orders: (17, "ann".to_owned()),
    };
    ProcessScenario::<Fulfilment>::new()
        .when(&noted)
        .then_state(|state| assert_eq!((state.cents, state.heard.len()), (17, 1)))
        .when(&noted)
        .then_state(|state| assert_eq!((state.cents, state.heard.len()), (17, 2)));
}

#[test]
fn refusals_and_timers_come_back_to_the_methods_that_take_them() {
    scenario()
        .given(&placed(5))
        .when_rejected::<Payment, Charge>("no money".to_owned())
        .then_cancels::<TimedOut>()
        .then_state(|state| assert_eq!(state.heard, ["no money of 5"]))
        .advance(Duration::from_secs(60))
        .then_ignores();
    scenario()
        .given(&placed(5))
        .advance(Duration::from_secs(60))
        .then_fails("nothing heard for 60");
    scenario()
        .given(&placed(5))
        .given_from(&payment(), &Taken { cents: 2 })
        .advance(Duration::from_secs(60))
        .then_state(|state| assert_eq!(state.heard.len(), 1));
}
