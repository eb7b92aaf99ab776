use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Default)]
#[aggregate(name = "account", events(AccountOpened))]
struct Account {
    owner: String,
}

fn main() {}
