use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", name = "account.created")]
struct AccountOpened {
    owner: String,
}

fn main() {}
