use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "limit.set", version = 2, upcast = |old: LimitSetV1| LimitSet { daily: old.limit.into() }, aliases("limit.raised"))]
#[annals(lock = "released")]
struct LimitSet {
    daily: u32,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "limit.set")]
#[annals(lock = "released")]
struct LimitSetV1 {
    limit: u16,
}

fn main() {}
