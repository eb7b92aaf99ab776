use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "limit.set", version = 2, aliases("limit.raised"))]
#[annals(lock = "released")]
struct LimitSet {
    daily: u32,
}

fn main() {}
