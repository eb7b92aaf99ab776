//! 2 mistakes

use annals::prelude::*;

#[derive(Event)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

fn main() {}
