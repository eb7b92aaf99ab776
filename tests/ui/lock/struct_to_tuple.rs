use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("fee.charged", meaning = "in cents")]
#[annals(lock = "released")]
struct FeeCharged(i64, i64);

fn main() {}
