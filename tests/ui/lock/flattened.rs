use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("money.transferred")]
#[annals(lock = "released")]
struct MoneyTransferred {
    #[serde(flatten)]
    amount: Money,
    to: String,
}

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    cents: i64,
}

fn main() {}
