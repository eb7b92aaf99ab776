use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    currency: Currency,
}

#[derive(Serialize, Deserialize)]
struct Currency(String);

fn main() {}
