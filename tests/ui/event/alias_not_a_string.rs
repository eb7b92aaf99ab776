use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", aliases(Opened))]
struct AccountOpened {
    owner: String,
}

fn main() {}
