use annals::prelude::*;

annals::past!("money.transferred", 1 => MoneyTransferredV1 { price: Money }, lock = "released");

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    cents: i64,
}

fn main() {}
