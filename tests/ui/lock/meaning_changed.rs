use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("fee.charged", meaning = "in whole crowns")]
#[annals(lock = "released")]
struct FeeCharged {
    amount: i64,
}

fn main() {}
