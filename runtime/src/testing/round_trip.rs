//! Sends events through JSON and back.

use std::fmt;

use crate::aggregate::{EventSet, Visit};
use crate::event::{Event, decode, encode};
use crate::json::is_same_json;

/// Checks that an event comes out of its JSON as it went in.
///
/// With `PartialEq` on the event the two are compared as values, so that a field that JSON loses is found; without it,
/// their JSON is compared.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn check<S: EventSet>(event: &S) -> Result<(), String> {
    event.visit(RoundTrip)
}

struct RoundTrip;

impl Visit for RoundTrip {
    type Answer = Result<(), String>;

    fn event<E: Event>(self, event: &E) -> Self::Answer {
        check_one(event)
    }
}

/// As [`check`], where the type is known.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn check_one<E: Event>(event: &E) -> Result<(), String> {
    let name = E::NAME;
    let encoded = encode(event).map_err(|refusal| {
        format!(
            "event `{name}` cannot be stored at `{}`: {}",
            refusal.path, refusal.reason
        )
    })?;
    let json = &encoded.payload;
    let back = decode::<E>(E::VERSION, json.as_bytes()).map_err(|misfit| {
        format!("event `{name}` does not read back from its JSON {json}: {misfit:?}")
    })?;
    let is_equal = match E::EQUAL {
        Some(equal) => equal(event, &back),
        None => encode(&back).is_ok_and(|again| is_same_json(json, &again.payload, E::SHAPE)),
    };
    if is_equal {
        return Ok(());
    }
    Err(format!(
        "event `{name}` comes out of its JSON as another event\n  stored: {json}\n  before: {}\n  after:  {}",
        Shown(event),
        Shown(&back)
    ))
}

/// An event in a message: by its `Debug` where it has one.
struct Shown<'a, E>(&'a E);

impl<E: Event> fmt::Display for Shown<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match E::DEBUG {
            Some(debug) => debug(self.0, f),
            None => match encode(self.0) {
                Ok(encoded) => write!(f, "{} {}", E::TYPE, encoded.payload),
                Err(_) => f.write_str(E::TYPE),
            },
        }
    }
}

/// The JSON of an event with its name: what two events are compared by.
pub(super) fn shown<S: EventSet>(event: &S) -> String {
    match event.encode(false) {
        Ok(encoded) => format!("{} {}", encoded.event_type, encoded.payload),
        Err(refusal) => format!(
            "{} (cannot be stored: {})",
            refusal.event_type, refusal.reason
        ),
    }
}
