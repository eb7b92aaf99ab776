use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", snapshot(every = 100))]
struct AccountOpened {
    owner: String,
}

fn main() {}
