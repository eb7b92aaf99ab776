use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = "into_current")]
struct AccountOpened {
    owner: String,
}

fn main() {}
