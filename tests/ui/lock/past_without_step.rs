annals::past!("limit.set", 2 => LimitSetV2, lock = "released");

fn main() {}
