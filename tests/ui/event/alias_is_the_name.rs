use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", aliases("account.opened"))]
struct AccountOpened {
    owner: String,
}

fn main() {}
