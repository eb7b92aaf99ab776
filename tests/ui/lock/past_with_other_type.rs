use annals::prelude::*;

annals::past!("money.transferred", 1 => MoneyTransferredV1 { amount: Money }, lock = "released");

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    crowns: i64,
    currency: String,
}

fn main() {}
