use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("fee.charged")]
#[annals(lock = "released")]
struct FeeCharged {
    amount: i64,
}

fn main() {}
