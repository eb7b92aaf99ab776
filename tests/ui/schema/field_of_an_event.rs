use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    balance: Money,
}

#[derive(Serialize, Deserialize)]
struct Money {
    cents: i64,
}

fn main() {}
