use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("fee.charged", meaning = "in cents")]
#[annals(lock = "released")]
#[serde(transparent)]
struct FeeCharged {
    amount: i64,
}

fn main() {}
