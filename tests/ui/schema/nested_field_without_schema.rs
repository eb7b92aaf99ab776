use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    currency: Vec<Option<Currency>>,
}

#[derive(Serialize, Deserialize)]
struct Currency(String);

fn main() {}
