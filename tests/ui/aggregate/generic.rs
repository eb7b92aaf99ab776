use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened))]
struct Account<T> {
    owner: T,
}

fn main() {}
