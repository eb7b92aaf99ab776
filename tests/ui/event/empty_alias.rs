use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", aliases(""))]
struct AccountOpened {
    owner: String,
}

fn main() {}
