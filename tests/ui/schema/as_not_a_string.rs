use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    #[schema(as = i64)]
    cents: i64,
}

fn main() {}
