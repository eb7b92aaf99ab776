use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    #[schema(rename = "amount")]
    cents: i64,
}

fn main() {}
