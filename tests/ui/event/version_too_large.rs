use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 5000000000)]
struct AccountOpened {
    owner: String,
}

fn main() {}
