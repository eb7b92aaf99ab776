use annals::prelude::*;

#[derive(Event, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

fn main() {}
