//! Lamps whose commands are held up while they are decided on.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard};

/// Who is held up, by the lamp that it concerns.
pub(crate) static HELD: Held = Held {
    lamps: Mutex::new(BTreeMap::new()),
    let_go: Condvar::new(),
};

pub(crate) struct Held {
    /// Whether a command has come to where it waits.
    lamps: Mutex<BTreeMap<String, bool>>,
    let_go: Condvar,
}

impl Held {
    /// Holds up what concerns a lamp that no other test has.
    pub(crate) fn hold(&self, lamp: &str) {
        self.lock().insert(lamp.to_owned(), false);
    }

    pub(crate) fn let_go(&self, lamp: &str) {
        self.lock().remove(lamp);
        self.let_go.notify_all();
    }

    pub(crate) fn has_come(&self, lamp: &str) -> bool {
        self.lock().get(lamp) == Some(&true)
    }

    /// Comes back once the lamp is not held up any more.
    pub(crate) fn pass(&self, lamp: &str) {
        let mut lamps = self.lock();
        while let Some(has_come) = lamps.get_mut(lamp) {
            *has_come = true;
            lamps = self.let_go.wait(lamps).expect("nobody panicked");
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, bool>> {
        self.lamps.lock().expect("nobody panicked")
    }
}
