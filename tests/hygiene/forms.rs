//! Every form in which the attributes and the methods may be written.

#![allow(clippy::unused_unit, reason = "it is one of the forms")]

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize, Debug, PartialEq)]
#[event("door.opened")]
struct Opened;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "door.closed", aliases("Shut", "door.shut, once"))]
#[schema(as = "how it was closed")]
enum Closed {
    Softly,
    With { bang: u8 },
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "door.painted", version = 7)]
struct Painted(String);

#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(
    "front.door",
    events(self::Opened, Closed, Painted),
    id = u64,
    snapshot(when = |door: &Door, progress| *door == Door::Shut && progress.events_since_snapshot > 2),
)]
#[derive(PartialEq)]
enum Door {
    #[default]
    Shut,
    Open {
        colour: Option<String>,
    },
}

#[derive(Clone)]
struct Open;
#[derive(Clone)]
struct Close(u8);
#[derive(Clone)]
struct Slam;

#[aggregate]
impl Door {
    fn opened(&mut self, Opened: Opened) {
        *self = Door::Open { colour: None };
    }

    fn closed(&mut self, event: &Closed, _cx: &annals::Recorded) -> () {
        if let Closed::Softly | Closed::With { bang: 0..9 } = event {
            *self = Door::Shut;
        }
    }

    #[cfg(any())]
    fn painted_never(&mut self, event: Painted) {
        compile_error!("{event}");
    }

    #[cfg(not(any()))]
    fn painted(&mut self, mut event: Painted) {
        event.0.make_ascii_lowercase();
        if let Door::Open { colour } = self {
            *colour = Some(event.0);
        }
    }

    /// Opens it.
    pub(crate) fn open(&self, _: &Open) -> Result<Vec<Opened>, String> {
        Ok(Vec::from([Opened]))
    }

    fn close(&self, command: Close, _: &Context) -> std::result::Result<Option<Closed>, String> {
        Ok((command.0 > 0).then_some(Closed::With { bang: command.0 }))
    }

    fn slam(&self, _: Slam) -> Result<Events<Self>, std::convert::Infallible> {
        Ok(Events::none().and(Opened).and(Closed::Softly))
    }
}

#[test]
fn the_tables_say_what_was_written() {
    assert_eq!(Door::NAME, "front.door");
    assert_eq!(Closed::ALIASES, ["Shut", "door.shut, once"]);
    assert_eq!(Closed::SHAPE.to_string(), ".: format \"how it was closed\"");
    assert_eq!(Painted::VERSION, 7);
    assert!(Painted::PAST.is_none());
    assert!(Opened::EQUAL.is_some_and(|equal| equal(&Opened, &Opened)));
    assert!(Closed::EQUAL.is_none());
    assert!(Door::SNAPSHOTS.is_some());
}

#[test]
fn an_event_without_debug_is_printed_by_its_name() {
    assert_eq!(format!("{:?}", DoorEvent::from(Closed::Softly)), "Closed");
    assert_eq!(format!("{:?}", DoorEvent::from(Opened)), "Opened");
}

#[test]
fn the_rules_are_told_by_their_tokens_without_their_documentation() {
    let [Some(opened), Some(closed), Some(painted)] = <Door as Aggregate>::LOGIC else {
        panic!("three implementations by the macro");
    };
    assert_eq!(
        *opened,
        "fn opened (& mut self, Opened : Opened) {* self = Door :: Open {colour : None};}"
    );
    assert!(closed.contains("bang : 0 .. 9"), "{closed}");
    assert!(painted.contains("make_ascii_lowercase"), "{painted}");
}

#[test]
fn methods_stay_methods() {
    let door = Door::default();
    assert_eq!(door.open(&Open), Ok(vec![Opened]));
    assert!(door.slam(Slam).is_ok_and(|events| events.len() == 2));
}
