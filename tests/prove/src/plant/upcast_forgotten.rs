//! A program takes the amounts of the first release for the hundredths of the second.

use std::sync::atomic::{AtomicBool, Ordering};

/// For the whole process, since an upcast is a function of the event alone.
static IS_FORGOTTEN: AtomicBool = AtomicBool::new(false);

pub(super) fn forget() {
    IS_FORGOTTEN.store(true, Ordering::Relaxed);
}

/// What the upcast multiplies by.
pub(crate) fn hundredths_in_one() -> i64 {
    if IS_FORGOTTEN.load(Ordering::Relaxed) {
        1
    } else {
        100
    }
}
