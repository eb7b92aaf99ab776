use annals::prelude::*;

#[derive(Event, Schema, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

fn main() {}
