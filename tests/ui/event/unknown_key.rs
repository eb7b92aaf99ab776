use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", topic = "accounts")]
struct AccountOpened {
    owner: String,
}

fn main() {}
