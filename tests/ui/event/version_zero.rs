use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 0)]
struct AccountOpened {
    owner: String,
}

fn main() {}
