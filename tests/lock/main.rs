//! What may be done to a released event: changes that old events survive, and refactors that leave no trace, compile. What
//! does not compile stands in `ui/lock`.

mod amended;
mod past;
mod refactored;

use annals::schema::{Bump, Shape, lock::Lock};

/// The first version of an event, as it is locked beside these tests.
fn locked<'a>(event: &str, memory: &'a Bump) -> &'a Shape<'a> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/lock/annals");
    let lock = Lock::read(folder.as_ref()).expect("a lock");
    let lock = lock.expect("a folder");
    let facts = &lock.events[event].versions[&1].shape;
    facts.shape(memory).expect("a shape")
}
