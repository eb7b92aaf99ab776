annals::past!("limit.set", 3 => LimitSetV3, lock = "released");

fn main() {}
