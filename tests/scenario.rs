//! Scenarios: what they accept, and what they say of a domain that is wrong.

use annals::prelude::*;
use annals::testing::Scenario;

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("door.opened")]
struct Opened {
    by: String,
    #[serde(default)]
    mark: Mark,
}

/// Of which JSON loses a part.
#[derive(Schema, Serialize, Deserialize, Debug, PartialEq, Default)]
struct Mark {
    #[serde(skip)]
    is_hidden: bool,
}

/// Has neither `Debug` nor `PartialEq`.
#[derive(Event, Serialize, Deserialize)]
#[event("door.measured")]
struct Measured {
    width: f64,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "door", events(Opened, Measured))]
struct Door {
    opened: u32,
    since: String,
    versions: Vec<u64>,
}

#[derive(Clone)]
struct Open {
    by: &'static str,
    is_hidden: bool,
}

#[derive(Clone)]
struct Measure(f64);

#[derive(Debug, PartialEq)]
enum Refusal {
    Locked,
    Nobody,
}

#[aggregate]
impl Door {
    fn opened(&mut self, _: Opened, cx: &Recorded) {
        self.opened += 1;
        self.since = cx.recorded_at().to_rfc3339();
        self.versions.push(cx.version().get());
    }

    fn measured(&mut self, _: Measured) {}

    fn open(&self, command: Open, cx: &Context) -> Result<Option<Opened>, Refusal> {
        if command.by.is_empty() {
            return Err(Refusal::Nobody);
        }
        if self.opened > 1 {
            return Err(Refusal::Locked);
        }
        let is_at_night = cx.now().to_rfc3339().contains("T03:");
        let mark = Mark {
            is_hidden: command.is_hidden,
        };
        let by = command.by.to_owned();
        Ok((!is_at_night).then_some(Opened { by, mark }))
    }

    fn measure(&self, command: Measure) -> Result<Measured, Refusal> {
        Ok(Measured { width: command.0 })
    }
}

fn opened(by: &str) -> Opened {
    Opened {
        by: by.to_owned(),
        mark: Mark::default(),
    }
}

fn open(by: &'static str) -> Open {
    Open {
        by,
        is_hidden: false,
    }
}

#[test]
fn what_follows_happens_and_the_next_command_sees_it() {
    Scenario::<Door>::new()
        .when(open("ada"))
        .then(opened("ada"))
        .when(open("bob"))
        .then([opened("bob")])
        .when(open("eve"))
        .then_refused(Refusal::Locked)
        .then_state(|door| assert_eq!((door.opened, &door.versions[..]), (2, &[1, 2][..])));
}

#[test]
fn the_clock_stands_where_it_was_put() {
    Scenario::<Door>::new()
        .at("2024-02-29T03:00:00Z".parse().expect("a time"))
        .when(open("ada"))
        .then_nothing()
        .at("2024-02-29T04:00:00Z".parse().expect("a time"))
        .when(open("ada"))
        .then(opened("ada"))
        .then_state(|door| assert_eq!(door.since, "2024-02-29T04:00:00+00:00"));
}

#[test]
fn events_without_equality_are_compared_by_their_json() {
    let measured = || Measured { width: 0.1 };
    Scenario::<Door>::new()
        .given(measured())
        .when(Measure(0.1))
        .then(measured());
}

#[test]
#[should_panic(expected = "other events follow")]
fn other_events_are_told() {
    let _ = Scenario::<Door>::new()
        .when(open("ada"))
        .then(opened("bob"));
}

#[test]
#[should_panic(expected = "the command was refused")]
fn a_refusal_is_told_where_events_are_expected() {
    let _ = Scenario::<Door>::new().when(open("")).then(opened("ada"));
}

#[test]
#[should_panic(expected = "the command was accepted")]
fn an_acceptance_is_told_where_a_refusal_is_expected() {
    let _ = Scenario::<Door>::new()
        .when(open("ada"))
        .then_refused(Refusal::Locked);
}

#[test]
#[should_panic(expected = "refused otherwise")]
fn another_refusal_is_told() {
    let _ = Scenario::<Door>::new()
        .when(open(""))
        .then_refused(Refusal::Locked);
}

#[test]
#[should_panic(expected = "comes out of its JSON as another event")]
fn a_field_that_json_loses_is_found_in_what_is_given() {
    let mark = Mark { is_hidden: true };
    let by = "ada".to_owned();
    let _ = Scenario::<Door>::new().given(Opened { by, mark });
}

#[test]
#[should_panic(expected = "comes out of its JSON as another event")]
fn a_field_that_json_loses_is_found_in_what_is_decided() {
    let hidden = Open {
        by: "ada",
        is_hidden: true,
    };
    // As JSON the two are equal.
    let _ = Scenario::<Door>::new().when(hidden).then(opened("ada"));
}

#[test]
#[should_panic(expected = "cannot be stored at `width`: NaN")]
fn a_number_that_json_does_not_have_is_found() {
    let _ = Scenario::<Door>::new().given(Measured { width: f64::NAN });
}
