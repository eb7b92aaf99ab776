use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", event(AccountOpened))]
struct Account {
    owner: String,
}

fn main() {}
