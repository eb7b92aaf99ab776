use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
#[event(name = "account.created")]
struct AccountOpened {
    owner: String,
}

fn main() {}
