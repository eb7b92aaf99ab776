use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("money.transferred")]
#[annals(lock = "released")]
struct MoneyTransferred {
    amount: annals_tests::Money,
    to: String,
}

fn main() {}
