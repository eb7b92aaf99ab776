use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    #[schema(as = "text", as = "number")]
    cents: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    balance: Money,
}

fn main() {
    println!("{}", AccountOpened::SHAPE);
}
